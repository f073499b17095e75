-- Options of liangxin.new and of the calls: what is refused, with which words,
-- and what the core gets.

local options = require "liangxin.options"

local KEY = "sk-spec-0123456789"

local function given(extra)
  local t = { api_key = KEY, base_url = "https://api.example.com" }
  for name, value in pairs(extra or {}) do
    t[name] = value
  end
  return t
end

-- The message that options.check_client raises.
local function refusal(t)
  local ok, message = pcall(options.check_client, t)
  assert.is_false(ok)
  assert.is_string(message)
  return message
end

describe("options of liangxin.new", function()
  it("have the documented defaults", function()
    local o = options.check_client(given())
    assert.equal(60, o.timeout)
    assert.equal(10, o.connect_timeout)
    assert.equal(8, o.max_connections)
    assert.equal(4, o.max_downloads)
    assert.is_nil(o.max_requests_per_second)
    assert.is_nil(o.poll)
    assert.same({ attempts = 5, base = 0.5, max = 30 }, o.retry)
    assert.equal(8 * 1024 * 1024, o.max_body)
    assert.equal(1024 * 1024 * 1024, o.max_download)
    assert.is_false(o.validate)
    assert.is_false(o.allow_http)
  end)

  it("name key and base_url at once where both are missing", function()
    local getenv = os.getenv
    os.getenv = function() -- luacheck: ignore
      return nil
    end
    local ok, both = pcall(options.check_client, {})
    local _, key = pcall(options.check_client, { base_url = "https://api.example.com" })
    local _, url = pcall(options.check_client, { api_key = KEY })
    os.getenv = getenv -- luacheck: ignore
    assert.is_false(ok)
    assert.truthy(both:find("give api_key and base_url", 1, true), both)
    assert.truthy(both:find("LIANGXIN_API_KEY and LIANGXIN_BASE_URL", 1, true), both)
    assert.truthy(key:find("no API key", 1, true))
    assert.truthy(url:find("no base URL", 1, true))
  end)

  -- Which proxies the core gets when these variables are set.
  local function proxies_with(env, extra)
    local getenv = os.getenv
    os.getenv = function(name) -- luacheck: ignore
      return env[name]
    end
    local ok, config = pcall(function()
      return options.core_config(options.check_client(given(extra)), "0")
    end)
    os.getenv = getenv -- luacheck: ignore
    assert(ok, config)
    return { config.http_proxy or "-", config.https_proxy or "-", config.no_proxy or "-" }
  end

  it("take the proxy's place in the environment", function()
    assert.same({ "-", "-", "-" }, proxies_with({}))
    assert.same({ "-", "-", "x" }, proxies_with({ http_proxy = "", HTTP_PROXY = "http://not.asked", no_proxy = "x" }))
    assert.same({ "http://p", "http://p", "x" }, proxies_with({ NO_PROXY = "x" }, { proxy = "http://p" }))
    assert.same({ "http://p", "http://p", "-" }, proxies_with({ all_proxy = "http://q" }, { proxy = "http://p" }))
  end)

  it("leave the rest to the environment, as libcurl reads it", function()
    for name, wanted in pairs({
      http_proxy = { "a", "-", "-" }, https_proxy = { "-", "a", "-" }, HTTPS_PROXY = { "-", "a", "-" },
      all_proxy = { "a", "a", "-" }, ALL_PROXY = { "a", "a", "-" },
    }) do
      assert.same(wanted, proxies_with({ [name] = "a" }), name)
    end
    assert.same({ "a", "b", "-" }, proxies_with({ http_proxy = "a", all_proxy = "b" }))
  end)

  it("name a proxy and a ca_file that can be used", function()
    assert.truthy(refusal(given { proxy = "ftp://p" }):find("'proxy' must look like", 1, true))
    assert.truthy(refusal(given { ca_file = "/no/such/file" }):find("'ca_file' cannot be read: /no/such/file", 1, true))
    assert.truthy(refusal(given { ca_file = "spec" }):find("'ca_file' cannot be read", 1, true))
    assert.truthy(refusal(given { ca_file = "LICENSE" }):find("without a certificate", 1, true))
  end)

  it("do not change the caller's table", function()
    local t = given { retry = { attempts = 2 } }
    options.check_client(t)
    assert.same(given { retry = { attempts = 2 } }, t)
  end)

  describe("with an unknown name", function()
    for wrong, right in pairs {
      timout = "timeout", time_out = "timeout", apikey = "api_key", baseUrl = "base_url",
      maxConnections = "max_connections", dead_line = "deadline", on_logs = "on_log",
    } do
      it("suggest " .. right .. " for " .. wrong, function()
        local message = refusal(given { [wrong] = 1 })
        assert.truthy(message:find("unknown option '" .. wrong .. "'", 1, true))
        assert.truthy(message:find("did you mean '" .. right .. "'", 1, true))
      end)
    end

    it("look into retry and poll, too", function()
      assert.truthy(refusal(given { retry = { attempt = 3 } })
        :find("did you mean 'attempts'", 1, true))
      assert.truthy(refusal(given { poll = { frist = 3 } })
        :find("did you mean 'first'", 1, true))
    end)

    it("refuse numbered ones", function()
      assert.truthy(refusal(given { "x" }):find("not numbered", 1, true))
    end)
  end)

  it("refuse wrong types and ranges, and name the option", function()
    local bad = {
      { timeout = "60" }, { timeout = 0 }, { timeout = -1 }, { timeout = 0 / 0 },
      { timeout = math.huge }, { connect_timeout = {} }, { deadline = -1 },
      { max_connections = 0 }, { max_connections = 1.5 }, { max_connections = 257 },
      { max_downloads = 65 }, { max_requests_per_second = 0 }, { retry = 5 },
      { poll = "fast" }, { validate = 1 }, { recover = "yes" }, { proxy = "" },
      { proxy = "http://a\r\nX: b" }, { ca_file = 1 }, { user_agent = "a\nb" },
      { allow_http = "true" }, { max_body = 10 }, { max_download = 0 },
      { allow_download = true }, { on_log = "print" }, { durations = "" },
    }
    for _, extra in ipairs(bad) do
      local name = next(extra)
      assert.truthy(refusal(given(extra)):find("'" .. name .. "'", 1, true), name)
    end
    assert.truthy(refusal("x"):find("must be a table", 1, true))
  end)

  it("take callable tables as functions", function()
    local callable = setmetatable({}, { __call = function() end })
    assert.equal(callable, options.check_client(given { on_log = callable }).on_log)
  end)
end)

describe("api_key", function()
  it("is trimmed", function()
    assert.equal(KEY, options.check_client(given { api_key = " \n" .. KEY .. "\r\n" }).api_key)
  end)

  it("is refused with a control character inside, and never shown", function()
    for _, character in ipairs { "\r", "\n", "\0", "\27" } do
      local message = refusal(given { api_key = KEY .. character .. "rest" })
      assert.truthy(message:find("control character", 1, true))
      assert.is_nil(message:find(KEY, 1, true))
    end
  end)

  it("is refused empty or of another type", function()
    assert.truthy(refusal(given { api_key = "  " }):find("empty", 1, true))
    assert.truthy(refusal(given { api_key = 12 }):find("must be a string", 1, true))
    assert.truthy(refusal(given { api_key = ("k"):rep(5000) }):find("4096", 1, true))
  end)

  it("comes from the environment, or the message says how", function()
    local getenv = os.getenv
    finally(function()
      os.getenv = getenv -- luacheck: ignore 122
    end)
    local env = {}
    os.getenv = function(name) return env[name] end -- luacheck: ignore 122
    assert.truthy(refusal { base_url = "https://a" }:find("LIANGXIN_API_KEY", 1, true))
    assert.truthy(refusal { api_key = KEY }:find("LIANGXIN_BASE_URL", 1, true))
    env.LIANGXIN_API_KEY, env.LIANGXIN_BASE_URL = "", "" -- as good as not set
    assert.truthy(refusal {}:find("neither API key nor base URL", 1, true))
    env.LIANGXIN_API_KEY, env.LIANGXIN_BASE_URL = KEY .. "\n", "https://env.example.com/"
    local o = options.check_client(nil)
    assert.equal(KEY, o.api_key)
    assert.equal("https://env.example.com", o.base_url)
  end)
end)

describe("base_url", function()
  it("loses slashes at its end and keeps its path", function()
    for url, expected in pairs {
      ["https://a.b/"] = "https://a.b",
      ["https://a.b//"] = "https://a.b",
      ["https://a.b/x/y/"] = "https://a.b/x/y",
      ["https://a.b:8443"] = "https://a.b:8443",
      ["https://[2001:db8::1]:8443/x"] = "https://[2001:db8::1]:8443/x",
      ["http://127.0.0.1:8080/"] = "http://127.0.0.1:8080",
      ["http://localhost"] = "http://localhost",
      ["http://[::1]:1"] = "http://[::1]:1",
    } do
      assert.equal(expected, options.check_client(given { base_url = url }).base_url)
    end
  end)

  it("is refused where it cannot work or is not safe", function()
    for _, url in ipairs {
      "", "api.example.com", "ftp://a.b", "https://", "https:///x", "https://u:p@a.b",
      "https://a b", "https://a.b/\r\nHost: c", "https://a.b?x=1", "https://a.b#f",
      "https://a.b:99999", "http://api.example.com", "http://10.0.0.1", "file:///etc/passwd",
      "http://localhost.example.com", "http://127.0.0.1.example.com",
    } do
      refusal(given { base_url = url })
    end
    refusal(given { base_url = 5 })
  end)

  it("may be http: to another machine when allowed", function()
    local o = options.check_client(given { base_url = "http://10.0.0.1", allow_http = true })
    assert.equal("http://10.0.0.1", o.base_url)
  end)
end)

describe("the core's configuration", function()
  it("asks for a learned cadence by zeros", function()
    local config = options.core_config(options.check_client(given()), "1.2.3")
    assert.same({ 0, 0, 0, 0 },
      { config.poll_first, config.poll_factor, config.poll_max, config.poll_jitter })
    assert.equal(0, config.max_requests_per_second)
    assert.equal("liangxin-lua/1.2.3", config.user_agent)
    assert.is_false(config.log)
  end)

  it("fills in what a fixed cadence leaves out", function()
    local o = options.check_client(given { poll = { first = 0.25 }, on_log = print })
    local config = options.core_config(o, "1.2.3")
    assert.same({ 0.25, 1.5, 10, 0.15 },
      { config.poll_first, config.poll_factor, config.poll_max, config.poll_jitter })
    assert.is_true(config.log)
  end)
end)
