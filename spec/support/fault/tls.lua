-- The TLS side of the fault server: certificates made by the openssl program at
-- start, in a folder of its own that goes away at the end. Server only.

local tls = {}

local COMMAND = "openssl req -x509 -newkey ec -pkeyopt"
  .. " ec_paramgen_curve:prime256v1 -nodes -days 2"
  .. " -subj '/CN=liangxin fault server' -addext 'subjectAltName=%s'"
  .. " -keyout '%s/key.pem' -out '%s/cert.pem' 2>&1"

-- The names of the certificates: of the server, and of one that is elsewhere.
local NAMES = "DNS:localhost,IP:127.0.0.1,IP:127.0.0.2,IP:::1"
local OTHER_NAMES = "DNS:elsewhere.example"

local function run(command)
  local pipe = assert(io.popen(command, "r"))
  local output = pipe:read("a")
  return pipe:close() and output or nil, output
end

-- A context with a certificate of its own for `names`, which ca.pem trusts.
local function new_context(folder, names)
  local ok, output = run(COMMAND:format(names, folder, folder))
  if not ok then
    error("openssl could not make a certificate: " .. output)
  end
  local context = assert(require("ssl").newcontext({
    mode = "server",
    protocol = "any",
    key = folder .. "/key.pem",
    certificate = folder .. "/cert.pem",
    options = { "all", "no_sslv2", "no_sslv3" },
  }))
  assert(run(("cat '%s/cert.pem' >>'%s/ca.pem'"):format(folder, folder)))
  -- The context holds the key; only the certificate is for others.
  os.remove(folder .. "/key.pem")
  os.remove(folder .. "/cert.pem")
  return context
end

---@class fault.Tls
---@field context table of LuaSec
---@field other_context table the same with a certificate for another name
---@field ca_file string for clients that shall trust the server
---@field folder string

---Make certificates and contexts that use them.
---@return fault.Tls
function tls.open()
  local folder = assert(run("mktemp -d")):match("%S+")
  return {
    context = new_context(folder, NAMES),
    other_context = new_context(folder, OTHER_NAMES),
    folder = folder,
    ca_file = folder .. "/ca.pem",
  }
end

---@param handle fault.Tls
function tls.close(handle)
  os.remove(handle.ca_file)
  os.remove(handle.folder)
end

return tls
