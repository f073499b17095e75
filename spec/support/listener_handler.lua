-- A handler for listener_spec.lua: each path shows one thing that handlers do.

local ROUTES = {
  ["/echo"] = function(request)
    return 200,
      { ["X-Method"] = request.method, ["X-Seen"] = request.headers["X-Word"] },
      request.body
  end,
  ["/large"] = function(request)
    return request.too_large and 413 or 200, {}, #request.body .. " bytes"
  end,
  ["/raise"] = function()
    error("the handler raised")
  end,
}

-- Work comes back as what the worker made of it, or false.
ROUTES["/work"] = function(request, made)
  if made == true then
    request.kept = "kept"
    return request.body
  end
  return made and 200 or 503, { ["X-Kept"] = request.kept }, made or "failed"
end

return {
  new = function(host, config, port)
    local count = 0
    return {
      handle = function(request, made)
        count = count + (made == true and 1 or 0)
        return ROUTES[request.target](request, made)
      end,
      count = function()
        return tostring(count)
      end,
      about = function(text)
        local has_clocks = host.now() > 0 and host.wall() > 1e9
        return ("%s %s %d %s"):format(config, text, port, tostring(has_clocks))
      end,
      raise = function()
        error("this call raised")
      end,
    }
  end,
}
