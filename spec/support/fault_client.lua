-- Starts the fault server, tells it what shall go wrong, and asks it what it
-- saw. For specs on Lua 5.4, 5.3, 5.1 and LuaJIT; the server itself always
-- runs on lua5.4.
--
--   local fault = require("spec.support.fault_client").start()
--   fault:rule({ on = "create", times = 2, status = 429,
--                headers = { { "Retry-After", "1" } } })
--   ... use fault.base_url ...
--   assert.equal(1, fault:billed())
--   fault:stop()
--
-- Rules are tried in order; the first that fits and has turns left is taken.
-- Without one the server is a well-behaved service. A mistake in a rule raises.

local socket = require("socket")
local json = require("spec.support.fault.json")
local remote = require("spec.support.wine.remote")

local fault_client = {}

-- Generous: the machine may be slow.
local REPLY_TIMEOUT_S = 300
local AWAIT_TIMEOUT_S = 60

---Where in an exchange something happens. At the first two the request is not
---known yet: such rules may only name a listener, and the second `only_on`.
---@alias fault.Point
---| "accept"
---| "before_read"
---| "after_headers"
---| "after_read"
---| "after_answer_bytes"

---What is wrong after a first good chunk, that is, with a body of two or more.
---@alias fault.BrokenChunk
---| "bad_size"
---| "huge_size"
---| "short"
---| "no_end"
---| "no_crlf"

---Which requests a rule takes. Absent fields fit all.
---@class fault.Rule
---@field on? "any"|"create"|"query"|"file"|"other"
---@field method? string
---@field path? string a prefix of the path
---@field task? string the taskId that a query asks for
---@field only_on? "fresh"|"reused" first on its connection, or a later one
---@field listener? "main"|"other"|"ipv6"|"tls"|"tls_other"
---@field times? integer|"always" default 1
---What happens.
---@field act? "answer"|"reset"|"close"|"hang" default "answer". reset: RST;
---  close: FIN without a further byte; hang: nothing for `seconds`, or until
---  `release`, then all goes on as if nothing had been
---@field when? fault.Point default "after_read": the service has the request,
---  the client no answer
---@field bytes? integer for after_answer_bytes, from the status line on
---@field seconds? number
---@field billed? boolean by default a create is billed when its whole body was
---  read and it was accepted: by the service, or by a scripted 2xx whose body
---  is neither HTML nor an envelope with another code
---@field script? fault.TaskScript for the task that this create makes
---What is answered; without any of these, what the service says.
---@field status? integer a 2xx alone keeps the service's body
---@field reason? string
---@field headers? table[] {name, value}; replaces defaults; value false removes
---@field content_type? string|false default "application/json"
---@field body? string
---@field body_size? integer `body` (default "x") repeated up to this size
---@field raw? string the whole answer as it goes over the wire, head included
---@field redirect? string a listener's name (same target there) or a Location
---@field http_version? "1.0"|"1.1"
---@field content_length? integer|string|false a wrong length, any text, or none
---@field chunked? true|{size?:integer, fault?:fault.BrokenChunk}
---@field gzip? true|{bomb_bytes?:integer, bad_crc?:boolean}
---@field informational? integer[] 1xx answers that go first
---How it is delivered.
---@field early? integer answer when this much of the request's body was read
---@field delay_s? number
---@field drip? {bytes:integer, every_s:number, head?:boolean} head: drip it too
---@field cut_after? integer body bytes after which the connection ends
---@field cut? "close"|"reset" how it does, default "close"
---@field close_after? "announced"|"silent"|"abrupt"|false with or without
---  Connection: close, with unread bytes reset by the kernel, or kept open

---How the service treats a task.
---@class fault.TaskScript
---@field polls_until_success? integer pending answers before it, default 1
---@field pending_states? string[] in order, the last one repeats
---@field invisible_polls? integer answers "recordInfo is null" before those
---@field outcome? "success"|"fail"
---@field fail_code? string
---@field fail_msg? string
---@field urls? string[] default: `files` URLs of this server
---@field files? integer default 1
---@field files_on? "main"|"other"|"tls"|"tls_other"

---How a served file behaves.
---@class fault.FileSettings
---@field size? integer default 4096
---@field content_type? string default "image/png"
---@field magic? string see fault/bytes.lua; default goes with content_type
---@field etag? string|false
---@field last_modified? string|false
---@field ranges? boolean default true
---@field seed? string what the bytes depend on, default the file's name

---@class fault.Server
---@field base_url string
---@field other_url string another origin
---@field ipv6_url string? where the machine has ::1
---@field tls_url string? this and the next five with {tls = true}
---@field tls_other_url string?
---@field tls_elsewhere_url string? its certificate is for another name
---@field tls_reset_url string? resets inside the TLS handshake
---@field tls_hang_url string? never answers the TLS handshake
---@field ca_file string? the certificate to trust
---@field black_hole_url string connecting never ends (Linux)
---@field refused_url string connecting is refused
local server = {}
server.__index = server

local function root()
  local source = debug.getinfo(1, "S").source
  return (source:match("^@(.-)spec[/\\]support[/\\][^/\\]*$"))
end

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- Paths, preloads and start-up code are meant for the Lua that runs the specs,
-- not for lua5.4. LUA_PATH_5_4 and its like stay.
local function command_line(options)
  return table.concat({
    "exec env -u LUA_PATH -u LUA_CPATH -u LUA_INIT -u LD_PRELOAD lua5.4",
    quoted(root() .. "spec/support/fault_server.lua"),
    options.tls and "--tls" or "",
    options.tls_names and "--tls-names" or "",
    "--lifetime", tostring(options.lifetime_s or 600),
    "</dev/null",
  }, " ")
end

---Start the program.
---@param options {tls?:boolean, tls_names?:boolean, lifetime_s?:number}
---@return file* pipe
---@return string? line its first one
function fault_client.launch(options)
  local pipe = assert(io.popen(command_line(options), "r"))
  return pipe, pipe:read("*l")
end

-- Where the starter has to do it. Schannel's libcurl compares a certificate with
-- names only, not with addresses.
local function launch_beside(starter, options)
  local first = remote.ask(starter, { op = "fault", options = {
    tls = options.tls, tls_names = true, lifetime_s = options.lifetime_s,
  } })
  starter:close()
  return first
end

---Start a server of its own for the caller.
---@param options? {tls?:boolean, lifetime_s?:number}
---@return fault.Server
function fault_client.start(options)
  local starter = remote.connect()
  local pipe, line, first
  if starter then
    first = launch_beside(starter, options or {})
  else
    pipe, line = fault_client.launch(options or {})
    first = line and assert(json.decode(line))
  end
  if not first then
    error("the fault server did not start: it needs lua5.4 with luasocket,"
      .. " luasec and lua-cjson, and for TLS the openssl program", 2)
  end
  local control = assert(socket.connect("127.0.0.1", first.control_port))
  control:setoption("tcp-nodelay", true)
  local self = { pipe = pipe, control = control, ca_file = first.ca_file }
  for name, origin in pairs(first.origins) do
    self[(name == "main" and "base" or name) .. "_url"] = origin
  end
  return setmetatable(self, server)
end

---A server for the describe that calls this: started before its first spec, as
---just started before each, ended after the last.
---@param options? {tls?:boolean, lifetime_s?:number}
---@return fault.Server that is there from the first spec on
function fault_client.serve(options)
  local busted = require("busted") -- benches use this file without it
  local served = {}
  busted.setup(function()
    for name, value in pairs(fault_client.start(options)) do
      served[name] = value
    end
    setmetatable(served, server)
  end)
  busted.teardown(function()
    served:stop()
  end)
  busted.before_each(function()
    served:reset()
  end)
  return served
end

local function ask(self, command, timeout_s)
  if not self.control then
    error("this fault server was stopped", 3)
  end
  self.control:settimeout(REPLY_TIMEOUT_S + (timeout_s or 0))
  local _, problem = self.control:send(json.encode(command) .. "\n")
  local line
  if not problem then
    line, problem = self.control:receive("*l")
  end
  if not line then
    error("the fault server is gone (" .. tostring(problem)
      .. "); its messages are on stderr", 3)
  end
  local reply = assert(json.decode(line))
  if not reply.ok then
    error(reply.error, 3)
  end
  return reply.value
end

---Append a rule.
---@param rule fault.Rule
---@return integer number
function server:rule(rule)
  return (ask(self, { op = "rule", rule = rule }))
end

---What became of the rules: {n, act, when, used, left}.
---@return table[]
function server:rules()
  return (ask(self, { op = "rules" }) or {})
end

function server:clear_rules()
  ask(self, { op = "clear_rules" })
end

---Settings of the well-behaved service: every field of a task's script as the
---default for all tasks, `api_key` to check, `file` for all files.
---@param settings table
function server:service(settings)
  ask(self, { op = "service", settings = settings })
end

---How one task goes, also one that is not there yet.
---@param task_id string
---@param script fault.TaskScript
function server:task(task_id, script)
  ask(self, { op = "task", task = task_id, script = script })
end

---A task that the service knows without a request having made it.
---@param task_id string
---@param script? fault.TaskScript
---@return string task_id
function server:make_task(task_id, script)
  return (ask(self, { op = "make_task", task = task_id, script = script }))
end

---How /files/<name> behaves; it is there anyway.
---@param name string
---@param settings fault.FileSettings
function server:file(name, settings)
  ask(self, { op = "file", name = name, settings = settings })
end

---What was sent, in order: n, conn, index (on its connection), listener, kind,
---method, target, version, headers ({name, value} in order), body, body_bytes,
---body_complete, task, billed, done (what was done, nil while it goes on),
---began, ended.
---@param wanted? table fields that must be equal, such as {kind = "create"}
---@return table[]
function server:requests(wanted)
  local out = {}
  for _, request in ipairs(ask(self, { op = "requests" }) or {}) do
    local fits = true
    for field, value in pairs(wanted or {}) do
      fits = fits and request[field] == value
    end
    if fits then
      out[#out + 1] = request
    end
  end
  return out
end

---Every connection: n, listener, opened, closed, ended (how), requests,
---bytes_in, bytes_out.
---@return table[]
function server:connections()
  return (ask(self, { op = "connections" }) or {})
end

---Counters: requests, done, creates, queries, files, others, billed,
---connections, open_connections, max_open, resets, bytes_in, bytes_out
---(of ended connections), hanging (now, by a rule), unrecorded; and lua_kb,
---what the server's Lua holds.
---@return table<string, integer>
function server:stats()
  return (ask(self, { op = "stats" }))
end

---@return integer
function server:billed()
  return self:stats().billed
end

---@return integer
function server:open_connections()
  return self:stats().open_connections
end

---@return integer
function server:max_open()
  return self:stats().max_open
end

---Wait until a counter is at least, or at most, a number.
---@param counter string a name of `stats`
---@param limits {at_least?:integer, at_most?:integer}
---@param timeout_s? number default 60
---@return integer? value nil when the time ran out
---@return string? err
function server:await(counter, limits, timeout_s)
  timeout_s = timeout_s or AWAIT_TIMEOUT_S
  local reply = ask(self, {
    op = "await",
    counter = counter,
    at_least = limits.at_least,
    at_most = limits.at_most,
    timeout_s = timeout_s,
  }, timeout_s)
  if not reply.reached then
    return nil, ("%s is still %d"):format(counter, reply.value)
  end
  return reply.value
end

---Let everything that hangs without a stated time go on.
---@return integer count
function server:release()
  return (ask(self, { op = "release" }))
end

---End the connections on which no request is under way, as a server does with
---idle ones.
---@param how? "close"|"reset" default "close"
---@return integer count
function server:drop_idle(how)
  return (ask(self, { op = "drop_idle", how = how }))
end

---As just started: no rules, tasks or records; open connections are reset.
function server:reset()
  ask(self, { op = "reset" })
end

---End the server and wait for its end. Twice is fine.
function server:stop()
  if not self.control then
    return
  end
  self.control:send(json.encode({ op = "stop" }) .. "\n")
  -- Lua 5.1 does not tell how the program ended; the others say nil.
  local ok = true
  if self.pipe then
    self.pipe:read("*a")
    ok = self.pipe:close()
  else
    self.control:receive("*a") -- until it ends
  end
  self.control:close()
  self.control, self.pipe = nil, nil
  if not ok then
    error("the fault server failed; its messages are on stderr", 2)
  end
end

---The value of a request's header.
---@param request table one of `requests`
---@param name string
---@return string? value of the first such header
function fault_client.header(request, name)
  for _, header in ipairs(request.headers or {}) do
    if header[1]:lower() == name:lower() then
      return header[2]
    end
  end
  return nil
end

---A body of spec/data/wire, byte for byte.
---@param name string such as "t04.json"
---@return string
function fault_client.wire(name)
  local file = assert(io.open(root() .. "spec/data/wire/" .. name, "rb"))
  local body = file:read("*a")
  file:close()
  return body
end

return fault_client
