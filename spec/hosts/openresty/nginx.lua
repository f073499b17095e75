-- Starts the unpacked nginx of .ci/nginx with a configuration, in $HOST_FOLDER.

local nginx = {}

local here, folder = os.getenv "HERE", os.getenv "HOST_FOLDER"

local function first_line(command)
  local pipe = io.popen(command)
  local line = pipe:read "l"
  pipe:close()
  return line
end

local function read(path)
  local file = assert(io.open(path))
  local text = file:read "a"
  file:close()
  return text
end

-- Debian's nginx keeps its bodies in /var/lib, OpenResty under its prefix.
local function temporary_paths()
  local lines = {}
  for _, name in ipairs { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" } do
    lines[#lines + 1] = name .. "_temp_path " .. folder .. "/" .. name .. ";"
  end
  return table.concat(lines, " ")
end

--- Start nginx with the configuration at `path`; `ports`: those to take instead of
--- the ones in it. In the foreground until it ends when `opts` are "daemon off;".
function nginx.start(path, ports, environment, opts)
  local root = assert(first_line("cd " .. here .. " && sh .ci/nginx"))
  local conf = read(path):gsub("http {", "http { " .. temporary_paths(), 1)
    :gsub("127%.0%.0%.1:(%d+)", function(port)
      return "127.0.0.1:" .. assert(ports[tonumber(port)], port)
    end)
  local file = assert(io.open(folder .. "/nginx.conf", "w"))
  file:write("load_module ", root, "/usr/lib/nginx/modules/ndk_http_module.so;\n",
    "load_module ", root, "/usr/lib/nginx/modules/ngx_http_lua_module.so;\n", conf)
  file:close()
  assert(os.execute(([[cd %s && %s LD_LIBRARY_PATH=%s/usr/lib/$(uname -m)-linux-gnu \
    LUA_PATH="%s/usr/share/lua/5.1/?.lua;$LUA_PATH" %s/usr/sbin/nginx -p "$PWD" -c nginx.conf -e error.log \
    -g "user $(id -un) $(id -gn); %s"]])
    :format(folder, environment, root, root, root, opts or "")), "nginx did not start")
end

--- Send the master a signal.
function nginx.signal(name)
  assert(os.execute(("kill -%s %s"):format(name, read(folder .. "/nginx.pid"):match "%d+")))
end

--- End it, and wait for that.
function nginx.stop()
  nginx.signal "TERM"
  for _ = 1, 600 do
    if not io.open(folder .. "/nginx.pid") then
      return
    end
    os.execute "sleep 0.05"
  end
  error "nginx does not end"
end

--- The lines of the error log that hold `words`.
function nginx.complaints(words)
  local lines = {}
  for line in io.lines(folder .. "/error.log") do
    if line:find(words, 1, true) then
      lines[#lines + 1] = line
    end
  end
  return lines
end

return nginx
