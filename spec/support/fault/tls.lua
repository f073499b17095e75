-- The TLS side of the fault server: a certificate made by the openssl program
-- at start, in a folder of its own that goes away at the end. Server only.

local tls = {}

local COMMAND = "openssl req -x509 -newkey ec -pkeyopt"
  .. " ec_paramgen_curve:prime256v1 -nodes -days 2"
  .. " -subj '/CN=liangxin fault server'"
  .. " -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:127.0.0.2,IP:::1'"
  .. " -keyout '%s/key.pem' -out '%s/cert.pem' 2>&1"

local function run(command)
  local pipe = assert(io.popen(command, "r"))
  local output = pipe:read("a")
  return pipe:close() and output or nil, output
end

---@class fault.Tls
---@field context table of LuaSec
---@field ca_file string for clients that shall trust the server
---@field folder string

---Make a certificate and a context that uses it.
---@return fault.Tls
function tls.open()
  local folder = assert(run("mktemp -d")):match("%S+")
  local ok, output = run(COMMAND:format(folder, folder))
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
  -- The context holds the key; only the certificate is for others.
  os.remove(folder .. "/key.pem")
  return {
    context = context,
    folder = folder,
    ca_file = folder .. "/cert.pem",
  }
end

---@param handle fault.Tls
function tls.close(handle)
  os.remove(handle.ca_file)
  os.remove(handle.folder)
end

return tls
