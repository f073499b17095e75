-- TLS for the benches: a certificate for 127.0.0.1, and nghttpx in front of a
-- plain server, which then speaks HTTP/1.1 or HTTP/2 over TLS on one thread.

local socket = require("socket")

local front = {}

local CERTIFICATE = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
  .. " -subj /CN=bench -addext 'subjectAltName=IP:127.0.0.1'"
  .. " -keyout '%skey.pem' -out '%scert.pem' 2>/dev/null"
local START_S = 10

---Write a key and a certificate into `folder` (ends in "/").
---@param folder string
---@return string certificate path of the PEM, also what a client has to trust
---@return string key path of the PEM
function front.certify(folder)
  local ok = os.execute(CERTIFICATE:format(folder, folder))
  if ok ~= true and ok ~= 0 then
    error("openssl made no certificate", 0)
  end
  return folder .. "cert.pem", folder .. "key.pem"
end

local function free_port()
  local probe = assert(socket.bind("127.0.0.1", 0))
  local _, port = probe:getsockname()
  probe:close()
  return tonumber(port)
end

local function wait_for(port)
  local limit = socket.gettime() + START_S
  repeat
    local connection = socket.connect("127.0.0.1", port)
    if connection then
      connection:close()
      return
    end
    socket.sleep(0.02)
  until socket.gettime() > limit
  error("nghttpx did not start: make bench installs it", 0)
end

---Start nghttpx before the plain server at `port`. It ends with this process.
---@param port integer of the server behind it
---@param protocol "http/1.1"|"h2" what it offers
---@param certificate string
---@param key string
---@return {base_url:string, stop:fun()}
function front.start(port, protocol, certificate, key)
  local own = free_port()
  local words = {
    "nghttpx --conf=/dev/null --no-ocsp --no-via --workers=1",
    "--errorlog-file=/dev/null",
    ("--npn-list=%s"):format(protocol),
    ("--frontend='127.0.0.1,%d'"):format(own),
    ("--backend='127.0.0.1,%d;;proto=http/1.1'"):format(port),
    ("'%s' '%s'"):format(key, certificate),
  }
  -- The shell reads until this process closes the pipe or is gone.
  local pipe = assert(io.popen(table.concat(words, " ")
    .. " >/dev/null 2>&1 </dev/null & read _; kill $!; wait", "w"))
  wait_for(own)
  return {
    base_url = ("https://127.0.0.1:%d"):format(own),
    stop = function()
      pipe:close()
    end,
  }
end

return front
