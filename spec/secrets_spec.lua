-- The key, prompts, tokens of callbacks and signatures of result URLs stay out
-- of everything that comes out, whatever goes wrong; and the key goes to the
-- API's origin alone.

local child = require("spec.support.child")
local folders = require("spec.support.folder")
local fault_client = require("spec.support.fault_client")
local json = require("spec.support.fault.json")
local liangxin = require("liangxin")
local live = require("spec.support.live")

-- Each is looked for as a whole and in the given pieces of it.
local KEY = "KEYMARKab12cd34ef56gh78"
local PROMPT = "PROMPTMARK a red kite over the quiet northern sea"
local CALLBACK = "https://hooks.example/done?t=CALLBACKMARK"
local SIGNATURE = "SIGNATUREMARK"
local MARKS = { "KEYMARK", "56gh78", "PROMPTMARK", "CALLBACKMARK", SIGNATURE }

-- Words of a service that quotes everything that it was sent.
local ECHO = ("bad key %s (Bearer %s, %s***%s) for '%s', see %s and https://cdn.example/a.png?s=%s")
  :format(KEY, KEY, KEY:sub(1, 8), KEY:sub(-6), PROMPT, CALLBACK, SIGNATURE)

local function envelope(code, http)
  return {
    status = http or 200, body = json.encode({ code = code, msg = ECHO }),
  }
end

local function gateway(status)
  return {
    status = status,
    body = json.encode({ error = { message = ECHO, type = "new_api_error", code = "x" } }),
  }
end

local PAGE = "<html><head><title>oops</title></head><body>" .. ECHO .. "</body></html>"

-- The same fault from a service that never saw the prompt, as for a question
-- about a task that the client does not know: there is nothing to compare with.
local function without_prompt(fault)
  local copy = {}
  for name, value in pairs(fault) do
    copy[name] = type(value) == "string" and value:gsub(PROMPT, "a prompt") or value
  end
  return copy
end

-- What goes wrong with a create or a query. A rule of the fault server each.
local API_FAULTS = {
  { act = "reset", when = "accept" }, { act = "reset" }, { act = "close" },
  { act = "close", when = "before_read" }, { act = "hang", seconds = 2 },
  { cut_after = 7 }, { cut_after = 7, cut = "reset" }, { content_length = 5 },
  { content_length = 100000 }, { chunked = { fault = "bad_size" }, body = ("x"):rep(99) },
  { raw = "HTTP/1.1 " .. ECHO .. "\r\n\r\n" }, { raw = ECHO }, { body = "" },
  { body = ECHO }, { body = PAGE, content_type = "text/html" },
  { body = '{"code":200,"msg":"' .. ECHO .. '","data":{}}' },
  { body = '{"code":200,"msg":"success","data":"' .. ECHO .. '"}' },
  { body = '{"code":200,"data":{"taskId":"' .. ECHO }, { body = json.encode({ ECHO }) },
  { body = json.encode({ code = ECHO, msg = ECHO }) }, { gzip = { bad_crc = true } },
  { body_size = 3000000 }, { redirect = "other" }, { redirect = "https://cdn.example/?s=" .. SIGNATURE },
  { status = 503, body = PAGE, content_type = "text/html", headers = { { "Retry-After", "0" } } },
  { status = 429, body = ECHO, headers = { { "Retry-After", "0" }, { "X-Oneapi-Request-Id", "r1" } } },
  { status = 504, body = "" }, { status = 524, body = PAGE },
}
for _, code in ipairs({ 400, 401, 402, 403, 404, 408, 413, 422, 425, 429, 500, 501, 502, 503 }) do
  API_FAULTS[#API_FAULTS + 1] = envelope(code)
  API_FAULTS[#API_FAULTS + 1] = envelope(code, code)
  API_FAULTS[#API_FAULTS + 1] = gateway(code)
end

local FILE_FAULTS = {
  { act = "reset" }, { act = "close" }, { cut_after = 100 }, { content_length = 100000 },
  { status = 403, body = PAGE }, { status = 404, body = ECHO }, { status = 410 }, { status = 500, body = ECHO },
  { body = PAGE, content_type = "text/html" }, { body = ECHO, content_type = "image/png" },
  { redirect = "file:///etc/passwd?" .. SIGNATURE }, { redirect = "ftp://h/?" .. SIGNATURE },
  { redirect = "http://u:" .. SIGNATURE .. "@[bad/?" .. SIGNATURE }, { body_size = 200000 },
  { redirect = "other" }, { status = 200 },
}

describe("secrets", function()
  local server, client, heard, folder, remove_folder

  -- Everything below `value`, but for the service's own answer, which is handed
  -- over as it is (err.record), and for what is private to the library.
  local function gather(value, path, seen)
    if type(value) == "string" then
      heard[#heard + 1] = { path, value }
    elseif type(value) == "table" and not seen[value] then
      seen[value] = true
      for key, item in pairs(value) do
        gather(key, path .. " key", seen)
        if key ~= "record" and not (type(key) == "string" and key:find("^_")) then
          gather(item, path .. "." .. tostring(key), seen)
        end
      end
    end
  end

  local function hear(where, ...)
    for i = 1, select("#", ...) do
      local value = select(i, ...)
      if type(value) == "table" and type(value.report) == "function" then
        gather(value, where, {})
        hear(where .. " report", value:report())
        hear(where .. " concat", "" .. value)
      end
      heard[#heard + 1] = { where .. " tostring", tostring(value) }
    end
  end

  local function new(options)
    local given = {
      base_url = server.base_url, api_key = KEY, timeout = 1, max_body = 1000000,
      retry = { attempts = 2, base = 0, max = 0.01 },
      poll = { first = 0.001, factor = 1, max = 0.001, jitter = 0 },
      on_log = function(event)
        gather(event, "on_log", {})
      end,
    }
    for name, value in pairs(options or {}) do
      given[name] = value
    end
    return liangxin.new(given)
  end

  setup(function()
    server = fault_client.start({ tls = true })
    folder, remove_folder = live.folder()
  end)
  teardown(function()
    remove_folder()
    server:stop()
  end)
  before_each(function()
    server:reset()
    heard = {}
    client = new()
  end)
  after_each(function()
    client:close()
  end)

  local function signed(name)
    return ("%s/files/%s.png?X-Signature=%s"):format(server.base_url, name, SIGNATURE)
  end

  local function request()
    return { model = "z-image", input = { prompt = PROMPT }, callBackUrl = CALLBACK }
  end

  local function rule(fault, on, times)
    local copy = { on = on, times = times or "always" }
    for name, value in pairs(fault) do
      copy[name] = value
    end
    if copy.when == "accept" or copy.when == "before_read" then
      copy.on = nil
    end
    server:rule(copy)
  end

  local function check_heard()
    assert(#heard > 0)
    for _, entry in ipairs(heard) do
      for _, mark in ipairs(MARKS) do
        assert(not entry[2]:find(mark, 1, true),
          ("%s shows %s: %s"):format(entry[1], mark, entry[2]:sub(1, 400)))
      end
    end
  end

  -- The key went out in one header of API requests, and nowhere else.
  local function check_sent(on_origin)
    local count = 0
    for _, sent in ipairs(server:requests()) do
      local is_api = sent.listener == on_origin and (sent.kind == "create" or sent.kind == "query")
      for _, header in ipairs(sent.headers or {}) do
        local has_key = header[2]:find("KEYMARK", 1, true) ~= nil
        local may = is_api and header[1]:lower() == "authorization"
        assert(not has_key or may, ("%s %s got the key in %s"):format(sent.listener, sent.target, header[1]))
        assert.equal(may, header[1]:lower() == "authorization")
        count = count + (has_key and 1 or 0)
      end
      assert.is_nil((tostring(sent.target) .. tostring(sent.body)):find("KEYMARK", 1, true))
      assert(sent.listener == on_origin or sent.kind == "file", "an API request went to " .. sent.listener)
    end
    return count
  end

  it("stay in through every fault of a create", function()
    for _, fault in ipairs(API_FAULTS) do
      server:clear_rules()
      rule(fault, "create")
      local task, err = client:create(request(), { recover = true, on_created = function() end })
      hear("create", task or err)
      if err and err.task == nil then
        hear("generate", select(2, client:generate("z-image", { prompt = PROMPT }, {
          callBackUrl = CALLBACK, deadline = 0.3,
        })))
      end
      gather(client:stats(), "stats", {})
      server:release()
    end
    hear("client", client)
    check_heard()
    assert.truthy(check_sent("main") > #API_FAULTS)
  end)

  it("stay in through every fault of a query", function()
    for _, fault in ipairs(API_FAULTS) do
      server:clear_rules()
      local fresh = new() -- one that no 429 of the round before holds back
      local task = assert(fresh:create(request(), { watch = false, deadline = 0.2 }))
      rule(without_prompt(fault), "query")
      hear("query", select(2, fresh:query(task.id)))
      server:clear_rules()
      rule(fault, "query")
      local result, err = task:wait()
      hear("wait", task, err or result)
      hear("notify", select(2, fresh:notify(ECHO)))
      gather(fresh:stats(), "stats", {})
      fresh:close()
    end
    check_heard()
    assert.truthy(check_sent("main") > #API_FAULTS)
  end)

  it("stay in when a task fails in the service's own words", function()
    server:service({ outcome = "fail", fail_code = "501", fail_msg = ECHO })
    local _, err = client:generate("z-image", { prompt = PROMPT }, { callBackUrl = CALLBACK })
    assert.equal("task_failed", err.kind)
    hear("failed", err)
    check_heard()
  end)

  it("stay in when a success has no files", function()
    server:service({ urls = { "nonsense " .. SIGNATURE, "file:///" .. SIGNATURE } })
    local result, err = client:generate("z-image", { prompt = PROMPT }, { callBackUrl = CALLBACK })
    hear("missing", err or result)
    if result then
      hear("save", select(2, result:save(folder)))
    end
    check_heard()
  end)

  it("stay in through every fault of a download", function()
    local n = 0
    for _, fault in ipairs(FILE_FAULTS) do
      n = n + 1
      server:clear_rules()
      rule(fault, "file", fault.redirect == "other" and 1 or nil)
      server:service({ urls = { signed("r" .. n), signed("s" .. n) } })
      local result = assert(client:generate("z-image", { prompt = PROMPT }))
      hear("result", result)
      local opts = { max_bytes = 100000, stall = 0.3 }
      local files, err = result:save(folder, opts)
      hear("save", err)
      gather(files, "files", {})
      if err then
        gather(err.files, "err.files", {})
      end
      hear("fetch", select(2, result:fetch(2, opts)))
      local file
      file, err = client:download(signed("d" .. n), folder .. "d" .. n, opts)
      hear("download", err)
      gather(file, "file", {})
    end
    hear("names", table.concat(folders.list(folder), "\n"))
    check_heard()
    check_sent("main")
  end)

  it("stay in when the programmer errs", function()
    local wrong = {
      function() client:create({ model = PROMPT, input = PROMPT }) end,
      function() client:create({ model = "m", input = { prompt = PROMPT .. "\255" } }) end,
      function() client:create({ model = "m", input = {}, callBackUrl = "x:" .. CALLBACK }) end,
      function() client:download("http://x/?" .. SIGNATURE .. "\n", folder) end,
      function() client:download(SIGNATURE, {}) end,
      function() liangxin.new({ base_url = server.base_url, api_key = KEY .. "\n\nx" }) end,
      function() liangxin.new({ base_url = server.base_url .. "?" .. SIGNATURE, api_key = KEY }) end,
      function() liangxin.new({ base_url = server.base_url, api_key = KEY:rep(300) }) end,
      function() liangxin.new({ base_url = server.base_url, api_key = { KEY } }) end,
    }
    for i, fn in ipairs(wrong) do
      hear("mistake " .. i, live.raised(fn))
    end
    check_heard()
  end)

  it("stay in when the client is closed or the job cancelled", function()
    server:rule({ on = "create", act = "hang", times = "always" })
    local jobs = {}
    for i = 1, 2 do
      jobs[i] = client:spawn(function()
        hear("job", select(2, client:create(request())))
      end)
      hear("a job", jobs[i])
    end
    client:sleep(0.05)
    jobs[1]:cancel()
    client:close()
    assert.equal(2, (function()
      local count = 0
      for _, entry in ipairs(heard) do
        count = count + (entry[1] == "job tostring" and 1 or 0)
      end
      return count
    end)())
    check_heard()
  end)

  it("are not kept in Lua: nothing reachable from a client holds the key", function()
    assert(client:generate("z-image", { prompt = "a kite" }))
    local seen, reached = {}, 0
    local function walk(value)
      if type(value) == "string" then
        assert.is_nil(value:find("KEYMARK", 1, true))
      elseif (type(value) == "table" or type(value) == "function") and not seen[value] then
        seen[value] = true
        reached = reached + 1
        if type(value) == "table" then
          for key, item in pairs(value) do
            walk(key)
            walk(item)
          end
          walk(getmetatable(value))
        elseif value ~= walk then
          local i = 1
          while debug.getupvalue(value, i) do
            walk((select(2, debug.getupvalue(value, i))))
            i = i + 1
          end
        end
      end
    end
    client._options.on_log = nil -- this spec's own function, which knows the key
    client._scheduler.on_log = nil
    for _, world in ipairs({ _G, package, package.loaded }) do
      seen[world] = true -- this spec included
    end
    walk(client)
    assert.truthy(reached > 50)
  end)

  for _, on in ipairs({ "create", "query" }) do
    it("of API requests follow no redirect of a " .. on, function()
      for _, status in ipairs({ 301, 302, 303, 307, 308 }) do
        for _, to in ipairs({ "other", server.other_url .. "/files/x.png", server.tls_url }) do
          server:clear_rules()
          server:rule({ on = on, status = status, redirect = to, times = "always" })
          if on == "create" then
            hear("redirect", select(2, client:create(request())))
          else
            server:make_task("t")
            hear("redirect", select(2, client:query("t")))
          end
        end
      end
      check_heard()
      assert.truthy(check_sent("main") >= 15)
      for _, connection in ipairs(server:connections()) do
        assert.equal("main", connection.listener)
      end
    end)
  end

  it("of the API go with no download, on its own host or on another", function()
    server:rule({ on = "file", path = "/files/hop", status = 302, redirect = "other" })
    server:service({ files_on = "other" })
    local there = assert(client:generate("z-image", { prompt = PROMPT }))
    assert(there:save(folder, { overwrite = true }))
    server:service({ files_on = "main" })
    local here = assert(client:generate("z-image", { prompt = PROMPT }))
    assert(here:save(folder, { overwrite = true }))
    assert(client:download(server.base_url .. "/files/hop.png", folder .. "hop"))
    assert.equal(4, #server:requests({ kind = "file" }))
    check_sent("main")
  end)

  it("go over TLS to the API's origin alone", function()
    client:close()
    client = new({ base_url = server.tls_url, ca_file = server.ca_file, timeout = 5 })
    server:rule({ on = "file", path = "/files/hop", status = 302, redirect = "tls_other" })
    server:service({ files_on = "tls" })
    local result = assert(client:generate("z-image", { prompt = PROMPT }))
    assert(result:save(folder, { overwrite = true }))
    assert(client:download(server.tls_url .. "/files/hop.png", folder .. "hop2"))
    assert.equal(3, #server:requests({ kind = "file" }))
    assert.truthy(check_sent("tls") >= 2)
  end)

  local it_runs = child.can_start and it or pending
  it_runs("show in no output and no command line of a process", function()
    for _, fault in ipairs({ gateway(401), envelope(401), { act = "reset" }, { body = PAGE } }) do
      server:clear_rules()
      rule(fault, "create")
      local process = child.start("spec/support/secrets_child.lua", { server.base_url }, {
        env = {
          LIANGXIN_API_KEY = KEY, CHILD_PROMPT = PROMPT, CHILD_CALLBACK = CALLBACK,
        },
      })
      assert.equal("ready", process:line())
      hear("argv", (live.read(("/proc/%d/cmdline"):format(process.pid)) or ""))
      hear("comm", (live.read(("/proc/%d/comm"):format(process.pid)) or ""))
      local status, said = process:finish()
      assert.equal(1, status)
      assert.truthy(#said > 0)
      hear("output", said)
    end
    check_heard()
  end)
end)
