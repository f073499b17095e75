-- A program with a journal, for journal_killed_spec.lua: draws keys, one after
-- the other, and says what came of each.
--
--   lua journal_child.lua BASE_URL JOURNAL FOLDER KEY...

local liangxin = require("liangxin")

local base_url, journal, folder = arg[1], arg[2], arg[3]

io.stdout:setvbuf("line")

local client = liangxin.new({
  base_url = base_url,
  api_key = "child-key",
  journal = journal,
  deadline = 60,
  retry = { attempts = 5, base = 0.02, max = 0.2 },
  poll = { first = 0.02, factor = 1, max = 0.02, jitter = 0 },
})

for i = 4, #arg do
  local key = arg[i]
  local result, err = client:generate("z-image", { prompt = "a picture of " .. key }, {
    key = key,
    save = folder .. "/",
  })
  if result then
    print("made", key, result.task_id, result.files[1].path)
  else
    print("failed", key, err.kind, err.message)
  end
end
client:close()
print("end")
