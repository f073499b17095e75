-- options.lua: the options of liangxin.new and of each method, with defaults and
-- limits, and the core's configuration made from them. Bad options raise.

local core = require "liangxin.core"
local settings = require "liangxin.journal.settings"
local usage = require "liangxin.usage"
local pairs = require("liangxin.walk").pairs

local M = {}

local DAY = 86400

-- name = row of usage.check_options
M.CLIENT = {
  api_key = { "any" },
  base_url = { "any" },
  timeout = { "number", 0.001, DAY, default = 60 },
  connect_timeout = { "number", 0.001, DAY, default = 10 },
  deadline = { "number", 0, usage.SECONDS_MAX },
  max_connections = { "integer", 1, 256, default = 8 },
  max_downloads = { "integer", 1, 64, default = 4 },
  max_requests_per_second = { "number", 0.001, 1e6 },
  retry = { "table" },
  poll = { "table" },
  validate = { "boolean", word = "documented", default = false },
  recover = { "boolean", default = false },
  proxy = { "text", 4096 },
  ca_file = { "text", 4096 },
  user_agent = { "text", 256 },
  allow_http = { "boolean", default = false },
  max_body = { "integer", 1024, 2 ^ 30, default = 8 * 2 ^ 20 },
  max_download = { "integer", 1, 2 ^ 50, default = 2 ^ 30 },
  allow_download = { "function" },
  on_log = { "function" },
  on_error = { "function" },
  durations = { "text", 4096 },
  journal = { "text", usage.PATH_MAX },
  budget = { "table" },
  prices = { "table" },
}

M.RETRY = {
  attempts = { "integer", 1, 100, default = 5 },
  base = { "number", 0, 3600, default = 0.5 },
  max = { "number", 0, 3600, default = 30 },
}

M.POLL = {
  first = { "number", 0, DAY, default = 1 },
  factor = { "number", 1, 100, default = 1.5 },
  max = { "number", 0, DAY, default = 10 },
  jitter = { "number", 0, 1, default = 0.15 },
}

M.CREATE = {
  deadline = { "number", 0, usage.SECONDS_MAX },
  on_created = { "function" },
  on_state = { "function" },
  on_progress = { "function" },
  watch = { "boolean" },
  validate = { "boolean", word = "documented" },
  recover = { "boolean" },
}
for name, row in pairs(settings.CREATE) do
  M.CREATE[name] = row
end

M.GENERATE = { callBackUrl = { "text", 8192 } }
for name, row in pairs(M.CREATE) do
  M.GENERATE[name] = row
end

M.TASK = {
  deadline = { "number", 0, usage.SECONDS_MAX },
  on_state = { "function" },
  on_progress = { "function" },
  model = { "text", 256 },
}

M.RESUME = {
  wait = { "boolean", default = false },
  deadline = { "number", 0, usage.SECONDS_MAX },
  on_state = { "function" },
  on_progress = { "function" },
}

M.WORK = {
  concurrency = { "integer", 1, 100000, default = 8 },
  batch = { "text", 256 },
  until_empty = { "boolean", default = false },
  is_over = { "function" },
  deadline = { "number", 0, usage.SECONDS_MAX },
}

M.DOWNLOAD = {
  overwrite = { "boolean", default = false },
  on_progress = { "function" },
  max_bytes = { "integer", 1, 2 ^ 50 },
  stall = { "number", 0.01, 3600, default = 30 },
}

--- What the option `save` of a task does.
M.SAVE = { overwrite = false, stall = M.DOWNLOAD.stall.default }

M.FETCH = {
  on_progress = M.DOWNLOAD.on_progress,
  max_bytes = M.DOWNLOAD.max_bytes,
  stall = M.DOWNLOAD.stall,
}

M.MAP = {
  concurrency = { "integer", 1, 100000, default = 8 },
  after_error = { "choice", "finish", "cancel", "collect", default = "finish" },
}

-- The first of these variables that is set; an empty one counts as not set.
local function from_environment(...)
  for _, name in ipairs { ... } do
    local value = os.getenv(name)
    if value and value ~= "" then
      return value
    end
  end
end

-- One message for both: a newcomer has neither.
local function check_presence(given)
  if given.api_key == nil and given.base_url == nil
    and not from_environment("LIANGXIN_API_KEY", "LIANGXIN_BASE_URL") then
    usage.raise("liangxin.new: neither API key nor base URL: give api_key and base_url (the "
      .. "address of the API, https://...) or set LIANGXIN_API_KEY and LIANGXIN_BASE_URL")
  end
end

-- The key is never part of a message.
local function check_key(given)
  local key = given
  if key == nil then
    key = from_environment("LIANGXIN_API_KEY")
  end
  if key == nil then
    usage.raise("liangxin.new: no API key: give api_key or set LIANGXIN_API_KEY")
  elseif type(key) ~= "string" then
    usage.raise("liangxin.new: option 'api_key' must be a string, not %s", type(key))
  end
  key = key:match("^%s*(.-)%s*$")
  if key == "" then
    usage.raise("liangxin.new: the API key is empty")
  elseif key:find("[%z\1-\31\127]") then
    usage.raise("liangxin.new: the API key holds a control character (CR, LF or NUL): "
      .. "it was not copied cleanly")
  elseif #key > 4096 then
    usage.raise("liangxin.new: the API key is longer than 4096 bytes")
  end
  return key
end

local function check_base_url(given, allow_http)
  local url = given
  if url == nil then
    url = from_environment("LIANGXIN_BASE_URL")
  end
  if url == nil then
    usage.raise("liangxin.new: no base URL: give base_url (the address of the API, "
      .. "https://...) or set LIANGXIN_BASE_URL")
  end
  usage.check_text(url, "liangxin.new: option 'base_url'", 2048)
  local scheme, host = core.parse_url(url)
  if not scheme or url:find(" ", 1, true) then
    usage.raise("liangxin.new: base_url must look like https://host or "
      .. "https://host:port/prefix, without user name and spaces")
  elseif url:find("[?#]") then
    usage.raise("liangxin.new: base_url must not have a query or fragment")
  elseif scheme == "http" and not allow_http and not core.is_loopback(host) then
    usage.raise("liangxin.new: base_url is http: to another machine, so the key would "
      .. "travel in the clear; use https:, or set allow_http = true")
  end
  return (url:gsub("/+$", ""))
end

local function check_proxy(proxy)
  if proxy and not core.is_proxy(proxy) then
    usage.raise("liangxin.new: option 'proxy' must look like http://host:port or "
      .. "socks5h://host:port")
  end
end

local CA_FILE_MAX = 16 * 2 ^ 20

-- With an unusable file every request would fail.
local function check_ca_file(path)
  if not path then
    return
  end
  local file, reason = io.open(path, "rb")
  local text = ""
  if file then
    text, reason = file:read(CA_FILE_MAX)
    file:close()
  end
  if not text or not file then
    usage.raise("liangxin.new: option 'ca_file' cannot be read: %s", reason)
  elseif not text:find("-----BEGIN [%u ]*CERTIFICATE-----") then
    usage.raise("liangxin.new: option 'ca_file' names a file without a certificate in PEM")
  end
end

--- Check what liangxin.new was given: a new table, defaults filled in.
function M.check_client(given)
  if given ~= nil and type(given) ~= "table" then
    usage.raise("liangxin.new: options must be a table, not %s", type(given))
  end
  local out = usage.check_options(given or {}, M.CLIENT, "liangxin.new")
  check_presence(out)
  out.api_key = check_key(out.api_key)
  out.base_url = check_base_url(out.base_url, out.allow_http)
  check_proxy(out.proxy)
  check_ca_file(out.ca_file)
  out.retry = usage.check_options(out.retry, M.RETRY, "liangxin.new: retry")
  settings.check_client(out)
  out.poll = out.poll and usage.check_options(out.poll, M.POLL, "liangxin.new: poll")
  return out
end

--- The proxies for http: and https:, and the hosts that need none. `given`: the
--- option, or nil. The environment is read here, once: libcurl would read it with
--- every request, on the I/O thread, while a host may be calling setenv.
function M.proxies(given)
  return given or from_environment("http_proxy", "all_proxy", "ALL_PROXY"),
    given or from_environment("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"),
    from_environment("no_proxy", "NO_PROXY")
end

-- Queries go on until the task's deadline, however often they fail: without any
-- wait between them they would flood the service.
local RETRY_MIN = 0.01 -- s, of base and of max

--- The core's configuration from checked options.
function M.core_config(options, version, durations_text)
  local poll = options.poll or { first = 0, factor = 0, max = 0, jitter = 0 }
  local store, place, origin = settings.place(options)
  local http_proxy, https_proxy, no_proxy = M.proxies(options.proxy)
  return {
    base_url = options.base_url,
    api_key = options.api_key,
    timeout = options.timeout,
    connect_timeout = options.connect_timeout,
    max_connections = options.max_connections,
    max_downloads = options.max_downloads,
    max_requests_per_second = options.max_requests_per_second or 0,
    retry_attempts = options.retry.attempts,
    retry_base = math.max(options.retry.base, RETRY_MIN),
    retry_max = math.max(options.retry.max, RETRY_MIN),
    poll_first = poll.first,
    poll_factor = poll.factor,
    poll_max = poll.max,
    poll_jitter = poll.jitter,
    max_body = options.max_body,
    user_agent = options.user_agent or "liangxin-lua/" .. version,
    http_proxy = http_proxy,
    https_proxy = https_proxy,
    no_proxy = no_proxy,
    ca_file = options.ca_file,
    durations_text = durations_text,
    log = options.on_log ~= nil,
    journal_store = store,
    journal_place = place,
    journal_origin = origin,
  }
end

return M
