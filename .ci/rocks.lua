-- The rockspecs, made from the tree:
--   lua .ci/rocks.lua write    write rockspec/*
--   lua .ci/rocks.lua check    fail when one is stale
-- Each rock has two: scm, of the branch, and the release whose number stands in
-- csrc/core/base/version.h, of the tag with that number. `builtin` needs no
-- make; but LuaRocks then copies a folder "lua" beside the sources whole. So
-- the client's rock has all Lua files, and the others are made in folders that
-- have none of that name (source.dir).

-- Where the project is published: whoever publishes it sets this.
local REPOSITORY = "https://github.com/liangxin-lua/liangxin"

local unpack = table.unpack or unpack

local ROCKS = {
  {
    name = "liangxin",
    folder = "",
    summary = "Generate pictures and videos with the LiangXin Market API",
    detailed = [[
    Creates tasks, watches them on a thread of its own and saves the results.
    Works in plain scripts, in coroutines and inside event loops; never pays
    twice for a lost answer.]],
    labels = { "http", "async", "image", "video" },
    dependencies = { "lua-cjson" },
    uses = { name = "CURL", library = "curl" },
    module = "liangxin.core",
    sources = { "csrc/core", "csrc/lua" },
    includes = { "csrc/core" },
    system = { unix = { "m", "pthread" }, windows = { "ws2_32", "bcrypt" } },
    lua = "lua/liangxin",
    pages = "README.md",
    examples = "examples",
    test = "make check",
  },
  {
    name = "liangxin-webhook",
    folder = "csrc/listener",
    summary = "A small HTTP listener on a thread of its own",
    detailed = [[
    Answers requests by a handler in a Lua state of its own, while
    the host's Lua blocks.]],
    labels = { "http" },
    dependencies = {},
    uses = { name = "MICROHTTPD", library = "microhttpd" },
    module = "liangxin.listener",
    sources = { "csrc/listener" },
    core_parts = { "clock", "module", "thread", "wake" },
    includes = { "csrc/core", "csrc/lua" },
    system = { unix = { "m", "pthread" }, windows = { "ws2_32", "bcrypt" } },
    test = "make -C ../.. check SPEC=spec/listener_spec.lua",
  },
  {
    name = "liangxin-paint",
    folder = "csrc/paint",
    summary = "Pictures from a prompt, without a model",
    detailed = [[
    Paints what the words of a prompt suggest, the same for the same seed: PNG,
    JPEG and animated GIF for liangxin-sandbox.]],
    labels = { "image" },
    dependencies = {},
    uses = { name = "GD", library = "gd" },
    module = "liangxin.paint",
    sources = { "csrc/paint" },
    includes = { "csrc/lua" },
    system = { unix = { "m" }, windows = {} },
    test = "make -C ../.. check SPEC=spec/paint_spec.lua",
  },
  {
    name = "liangxin-sqlite",
    folder = "csrc/store/sqlite",
    summary = "The journal of liangxin in a file, by SQLite",
    detailed = [[
    Keeps what is paid for over kills and restarts: keys, tasks, results and
    ceilings, for several processes on one file.]],
    labels = { "database" },
    dependencies = { "liangxin" },
    uses = { name = "SQLITE", library = "sqlite3" },
    module = "liangxin.store.sqlite",
    sources = { "csrc/store/sqlite", "csrc/store/sql" },
    core_parts = { "clock", "file", "file_name", "module", "path", "process", "transition" },
    includes = { "csrc/core", "csrc/lua", "csrc/store" },
    system = { unix = { "m", "pthread" }, windows = { "ws2_32", "bcrypt" } },
    test = "make -C ../../.. check SPEC=spec/store_spec.lua",
  },
  {
    name = "liangxin-postgres",
    folder = "csrc/store/postgres",
    summary = "The journal of liangxin on a server, by PostgreSQL",
    detailed = [[
    Keeps what is paid for over kills and restarts for a fleet: keys, tasks,
    results and ceilings, for workers on any number of machines.]],
    labels = { "database" },
    dependencies = { "liangxin" },
    uses = { name = "POSTGRES", library = "pq" },
    module = "liangxin.store.postgres",
    sources = { "csrc/store/postgres", "csrc/store/sql" },
    core_parts = { "clock", "module", "place", "process", "secret", "socket", "transition" },
    includes = { "csrc/core", "csrc/lua", "csrc/store" },
    system = { unix = { "m", "pthread" }, windows = { "ws2_32", "bcrypt" } },
    test = "make -C ../../.. check SPEC=spec/store_spec.lua",
  },
  {
    name = "liangxin-sandbox",
    folder = "lua/bin",
    summary = "The LiangXin Market API on loopback, for tests and offline work",
    detailed = [[
    Answers like the service, draws real pictures, costs nothing, and fails on
    demand: a program, and what the module liangxin.sandbox needs.]],
    labels = { "http", "testing" },
    dependencies = { "lua-cjson", "liangxin", "liangxin-webhook", "liangxin-paint" },
    programs = { "liangxin-sandbox" },
    test = "make -C ../.. check SPEC=spec/sandbox_program_spec.lua",
  },
  {
    name = "liangxin-cli",
    folder = "lua/bin",
    summary = "The program liangxin: pictures and videos from a shell",
    detailed = [[
    Generates one picture or a batch, resumes what was interrupted, and says
    what it costs; the modules of the program are in the rock liangxin.]],
    labels = { "image", "video", "commandline" },
    dependencies = { "argparse", "lua-cjson", "liangxin", "liangxin-sqlite" },
    programs = { "liangxin" },
    test = "make -C ../.. check SPEC=spec/cli_spec.lua",
  },
}

local function read(path)
  local file = io.open(path, "rb")
  local text = file and file:read("*a")
  if file then
    file:close()
  end
  return text
end

local function find(folder, pattern)
  local paths = {}
  local pipe = io.popen(("find %s -type f -name '%s'"):format(folder, pattern))
  for path in pipe:lines() do
    paths[#paths + 1] = path
  end
  pipe:close()
  table.sort(paths)
  return paths
end

-- A page and what it links to: of a folder its README, or else all of it.
local function linked(page)
  local paths = { page }
  local text = ("\n" .. read(page)):gsub("\n```.-\n```", "")
  for link in text:gmatch("%]%(([^)#%s]+)") do
    if read(link .. "/README.md") then
      paths[#paths + 1] = link .. "/README.md"
    elseif not link:find("^%a+:") then
      for _, path in ipairs(find(link, "*")) do
        paths[#paths + 1] = path
      end
    end
  end
  return paths
end

local out, margin

local function put(text, ...)
  out[#out + 1] = (text == "" and "" or margin) .. text:format(...)
end

local function nest(head, tail, fill)
  put(head)
  margin = margin .. "  "
  fill()
  margin = margin:sub(3)
  put(tail)
end

local function put_list(name, items)
  local quoted = {}
  for i, item in ipairs(items) do
    quoted[i] = ("%q"):format(item)
  end
  if #quoted < 5 then
    put("%s = { %s },", name, table.concat(quoted, ", "))
  else
    nest(name .. " = {", "},", function()
      for _, item in ipairs(quoted) do
        put("%s,", item)
      end
    end)
  end
end

-- As seen from the rock's folder.
local function from(rock, path)
  local folder = rock.folder == "" and "" or rock.folder .. "/"
  while folder ~= "" and path:match("^[^/]+/") == folder:match("^[^/]+/") do
    folder, path = folder:gsub("^[^/]+/", ""), path:gsub("^[^/]+/", "")
  end
  return folder:gsub("[^/]+", "..") .. path
end

local function put_c_module(rock)
  local sources, includes = {}, {}
  for _, folder in ipairs(rock.sources) do
    for _, path in ipairs(find(folder, "*.c")) do
      sources[#sources + 1] = from(rock, path)
    end
  end
  for _, part in ipairs(rock.core_parts or {}) do
    for _, path in ipairs(find("csrc/core", part .. ".c")) do
      sources[#sources + 1] = from(rock, path)
    end
  end
  for i, path in ipairs(rock.includes) do
    includes[i] = from(rock, path)
  end
  includes[#includes + 1] = ("$(%s_INCDIR)"):format(rock.uses.name)
  nest(("[%q] = {"):format(rock.module), "},", function()
    put_list("sources", sources)
    put_list("incdirs", includes)
    put_list("libdirs", { ("$(%s_LIBDIR)"):format(rock.uses.name) })
  end)
end

local function put_modules(rock)
  if not rock.module then
    put("modules = {},")
    return
  end
  nest("modules = {", "},", function()
    put_c_module(rock)
    for _, path in ipairs(rock.lua and find(rock.lua, "*.lua") or {}) do
      local name = path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", ".")
      put("[%q] = %q,", name, path)
    end
  end)
end

-- What each system links with: the lists of LuaRocks are merged by index, so
-- none stands outside.
local function put_platforms(rock)
  nest("platforms = {", "},", function()
    for _, platform in ipairs({ "unix", "windows" }) do
      nest(platform .. " = {", "},", function()
        nest(("modules = { [%q] = {"):format(rock.module), "} },", function()
          put_list("libraries", { rock.uses.library, unpack(rock.system[platform]) })
        end)
      end)
    end
  end)
end

-- LuaRocks knows no place for single files but those: "conf" is a neighbour of
-- the folder with the pages, where links keep working.
local function put_installed(rock)
  local is_page = { LICENSE = true }
  for _, path in ipairs(rock.pages and linked(rock.pages) or {}) do
    is_page[path] = true
  end
  for _, path in ipairs(rock.examples and find(rock.examples, "*") or {}) do
    is_page[path] = true
  end
  local pages = {}
  for path in pairs(is_page) do
    pages[#pages + 1] = path
  end
  table.sort(pages)
  nest("install = {", "},", function()
    if rock.programs then
      put_list("bin", rock.programs)
    end
    nest("conf = {", "},", function()
      for _, path in ipairs(pages) do
        put("[%q] = %q,", "../doc/" .. path, from(rock, path))
      end
    end)
  end)
end

local function spec_of(rock, version, source)
  out, margin = {}, ""
  put("-- Made by `make rockspecs` from the tree: do not edit.")
  put('rockspec_format = "3.0"')
  put("package = %q", rock.name)
  put("version = %q", version .. "-1")
  put("")
  nest("source = {", "}", function()
    put("url = %q,", "git+" .. REPOSITORY .. ".git")
    put(source)
    if rock.folder ~= "" then
      put("dir = %q,", REPOSITORY:match("[^/]+$") .. "/" .. rock.folder)
    end
  end)
  put("")
  nest("description = {", "}", function()
    put("summary = %q,", rock.summary)
    put("detailed = [[\n%s]],", rock.detailed)
    put("homepage = %q,", REPOSITORY)
    put('license = "MIT",')
    put_list("labels", rock.labels)
  end)
  put("")
  put_list("dependencies", { "lua >= 5.1, < 5.6", unpack(rock.dependencies) })
  out[#out] = out[#out]:gsub(",$", "")
  put("")
  if rock.uses then
    put("-- No `header`: LuaRocks does not find Debian's. The sources say what to")
    put("-- install when it is missing.")
    put("external_dependencies = { %s = { library = %q } }", rock.uses.name, rock.uses.library)
    put("")
  end
  nest("build = {", "}", function()
    put('type = "builtin",')
    put_modules(rock)
    if rock.module then
      put_platforms(rock)
    end
    put_installed(rock)
  end)
  put("")
  put('test = { type = "command", command = %q }', rock.test)
  return table.concat(out, "\n") .. "\n"
end

local version = read("csrc/core/base/version.h"):match('LX_VERSION "([^"]+)"')
local stale = 0
for _, rock in ipairs(ROCKS) do
  for name, source in pairs({ scm = 'branch = "main",', [version] = ('tag = "v%s",'):format(version) }) do
    local path = ("rockspec/%s-%s-1.rockspec"):format(rock.name, name)
    local text = spec_of(rock, name, source)
    if text ~= read(path) and arg[1] == "write" then
      local file = assert(io.open(path, "wb"))
      file:write(text)
      file:close()
    elseif text ~= read(path) then
      print(path .. " is stale: make rockspecs")
      stale = stale + 1
    end
  end
end
os.exit(stale == 0 and 0 or 1)
