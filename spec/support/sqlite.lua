-- sqlite.lua: what the program sqlite3 says about a journal.

local sqlite = {}

local version = io.popen("sqlite3 -version 2>&1")
sqlite.has_program = version:read("*a"):find("^%d") ~= nil
version:close()

--- What a statement gives, as text. Waits while others have the lock.
function sqlite.ask(path, statement)
  local pipe = assert(io.popen(("sqlite3 -cmd '.timeout 60000' '%s' \"%s\""):format(path, statement)))
  local text = pipe:read("*a")
  pipe:close()
  return (text:gsub("%s+$", ""))
end

--- Remove it, with what stands beside it.
function sqlite.remove(path)
  for _, suffix in ipairs({ "", "-wal", "-shm", "-journal" }) do
    os.remove(path .. suffix)
  end
end

return sqlite
