-- postgres.lua: a PostgreSQL server of a spec's own, on loopback, which may be
-- killed and launched again. It ends with the spec, however that ends.

local folders = require "spec.support.folder"
local socket = require "socket"

local postgres = {}

local Server = {}
Server.__index = Server

local function output_of(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("*a")
  pipe:close()
  return (text:gsub("%s+$", ""))
end

-- The folder of initdb; nil where there is none. Debian hides it.
local function find_programs()
  local text = output_of("ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; "
    .. "dirname \"$(command -v initdb)\" 2>/dev/null")
  for path in text:gmatch("[^\n]+") do
    if output_of(("test -x %s/initdb && echo yes"):format(path)) == "yes" then
      return path
    end
  end
  return nil
end

-- Odd, and below those that the system gives to connections, so that nobody takes
-- it while the server is down. The even one below it is the claim: who holds that
-- has the port, and keeps it as long as the server lives. C tests do the same, see
-- spec/c/store/postgres_server.h.
local function claim_port()
  local first = math.floor(socket.gettime() * 1000) % 6000
  for i = 0, 5999 do
    local port = 20001 + 2 * ((first + i) % 6000)
    local claim = socket.bind("127.0.0.1", port - 1)
    local listener = claim and socket.bind("127.0.0.1", port)
    if listener then
      listener:close()
      return port, claim
    elseif claim then
      claim:close()
    end
  end
  error("no port is free")
end

-- Wait for the script's answer to what it was told.
function Server:await()
  self.answers = self.answers + 1
  for _ = 1, 6000 do
    local count = 0
    local file = io.open(self.folder .. "/done")
    if file then
      for _ in file:lines() do
        count = count + 1
      end
      file:close()
    end
    if count >= self.answers then
      return
    end
    self.sleep(0.01)
  end
  error("the PostgreSQL server does not answer: see " .. self.folder .. "/log")
end

function Server:tell(line)
  self.pipe:write(line, "\n")
  self.pipe:flush()
  self:await()
end

-- Durable only as far as a kill of processes goes.
local SETTINGS = { "fsync=off", "shared_buffers=16MB" }

--- Start one, with `settings` (a list); nil and the reason where none is
--- installed.
function postgres.start(settings)
  local programs = find_programs()
  if not programs then
    return nil, "no PostgreSQL server here: apt-get install postgresql"
  end
  local port, claim = claim_port()
  local server = setmetatable({ programs = programs, folder = folders.new(), port = port, claim = claim, answers = 0,
    databases = 0, sleep = socket.sleep }, Server)
  local words = { ("sh spec/support/postgres.sh '%s' '%s' %d"):format(programs, server.folder, server.port) }
  for _, setting in ipairs(settings or SETTINGS) do
    words[#words + 1] = ("-c '%s'"):format(setting)
  end
  server.pipe = assert(io.popen(table.concat(words, " "), "w"))
  server:await()
  return server
end

--- Send it a signal ("KILL", "INT") and wait for its end.
function Server:kill(signal)
  self:tell("kill " .. signal)
end

--- After a kill: wait until it takes connections.
function Server:launch()
  self:tell("launch")
end

--- Restart it, and keep a copy of what it has.
function Server:keep_copy()
  self:tell("copy")
end

--- Have that copy take its place, without what came since: a failover.
function Server:fail_over()
  self:tell("failover")
end

--- What a statement gives in a database, as text.
function Server:sql(database, statement)
  return output_of(("'%s/psql' -XAtq -h 127.0.0.1 -p %d -U liangxin -d %s -c \"%s\""):format(self.programs, self.port,
    database, statement))
end

--- The address of a database, with a password that it does not ask for.
function Server:url(database)
  return ("postgres://liangxin:hush-hush@127.0.0.1:%d/%s"):format(self.port, database)
end

--- The address of a new database, and its name.
function Server:fresh()
  self.databases = self.databases + 1
  local name = "place" .. self.databases
  self:sql("postgres", "CREATE DATABASE " .. name)
  return self:url(name), name
end

--- End it, and remove what it has written.
function Server:stop()
  self.pipe:close()
  self.claim:close()
end

--- Call it in a describe: a server for its tests, and a function that names a
--- database of its own for each. nil where there is no PostgreSQL, as a pending test says.
function postgres.serve()
  local busted = require "busted" -- benches use this file without it
  local server, missing = postgres.start()
  local url
  if not server then
    print(missing) -- pending tests are counted, their reasons are not shown
    busted.pending(missing)
    return nil
  end

  busted.teardown(function()
    server:stop()
  end)

  busted.before_each(function()
    url = server:fresh()
  end)

  return function()
    return url
  end
end

return postgres
