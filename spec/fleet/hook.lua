-- A handler for a listener: what the service calls back, kept until it is fetched.
-- It answers whatever the storm is doing.

return {
  new = function()
    local kept = {}
    return {
      handle = function(request)
        kept[#kept + 1] = ("%d %d\n%s%s"):format(#request.target, #request.body, request.target, request.body)
        return 200, {}, "kept\n"
      end,
      fetch = function()
        local text = table.concat(kept)
        kept = {}
        return text
      end,
    }
  end,
}
