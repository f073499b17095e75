-- `liangxin batch` and `validate`, against the sandbox: the file is checked whole
-- before anything is sent; what is paid for is saved.

local cli = require("spec.support.cli")
local folder = require("spec.support.folder")
local json = require("liangxin.cli.json")

local it_runs = cli.has_shell and it or pending

describe("liangxin batch", function()
  local sandbox, home

  cli.serve({ speed = 500 }, function(service, own)
    sandbox, home = service, own
  end)

  -- `count` rows; `more(i)` is put behind the prompt of row i.
  local function rows(count, more)
    local lines = { "key,model,prompt" }
    for i = 1, count do
      lines[i + 1] = ('p%03d,z-image,"a house, number %d%s"'):format(i, i, more and more(i) or "")
    end
    return table.concat(lines, "\n") .. "\n"
  end

  it_runs("saves a file for each row", function()
    home:write("rows.csv", rows(40))
    local said = home:run("batch rows.csv -o out")
    assert.equal(0, said.status)
    local count = 0
    for path in said.out:gmatch("[^\n]+") do
      count = count + 1
      assert.matches("^out/p%d%d%d%-1%.png$", path)
    end
    assert.equal(40, count)
    assert.equal(40, #folder.list(home.path .. "/out"))
    assert.equal(40, sandbox.counters().billed)
    assert.matches("\nsaved +40\n", said.err)
    assert.matches("\ncredits +340\n", said.err)
  end)

  it_runs("reads JSON lines from stdin, with the model from the command line", function()
    local said = home:run("batch - --model z-image --json -q",
      { stdin = '{"prompt":"a","key":"a"}\n{"prompt":"b","seed":7}\n' })
    assert.equal(0, said.status)
    local lines = {}
    for line in said.out:gmatch("[^\n]+") do
      lines[#lines + 1] = json.decode(line)
    end
    assert.equal(2, #lines)
    for _, line in ipairs(lines) do
      assert.equal("saved", line.state)
      assert.equal(line.key .. "-1.png", line.files[1])
    end
  end)

  it_runs("goes on when a row fails, and says why at the end", function()
    home:write("rows.csv", rows(10, function(i)
      return i % 5 == 0 and " [fail]" or ""
    end))
    local said = home:run("batch rows.csv")
    assert.equal(1, said.status)
    assert.matches("liangxin: p005: the task failed", said.err)
    assert.matches("\nsaved +8\nfailed +2\n +2 the task failed: ", said.err)
    assert.equal(10, sandbox.counters().billed)
  end)

  it_runs("ends with 5 where an outcome is unknown, and sends no row twice", function()
    home:write("rows.csv", rows(4, function(i)
      return i == 2 and " [lost]" or ""
    end))
    local said = home:run("batch rows.csv")
    assert.equal(5, said.status)
    assert.matches("\nsaved +3\nunknown +1\n", said.err)
    assert.equal(4, sandbox.counters().creates)
  end)

  it_runs("stops at the ceiling", function()
    home:write("config/liangxin/config.lua", "return { prices = { ['z-image'] = 8.5 } }")
    home:write("rows.csv", rows(10))
    local said = home:run("batch rows.csv --max-credits 30")
    assert.equal(6, said.status)
    assert.equal(3, sandbox.counters().billed)
    assert.matches("\nnot sent +7\n", said.err)
  end)

  it_runs("goes up to the ceiling over all its runs", function()
    home:write("rows.csv", rows(10))
    for _ = 1, 2 do
      assert.equal(6, home:run("batch rows.csv --max-credits 30").status)
    end
    assert.equal(3, sandbox.counters().billed)
    assert.equal(6, home:run("batch rows.csv --max-credits 60").status)
    assert.equal(7, sandbox.counters().billed)
  end)

  it_runs("stops at the ceiling without a journal, too", function()
    home:write("rows.csv", rows(10))
    local said = home:run("--no-journal batch rows.csv --max-credits 30")
    assert.equal(6, said.status)
    assert.equal(3, sandbox.counters().billed)
    assert.matches("\nnot sent +7\n", said.err)
    assert.is_nil(home:read("data/liangxin/journal.db"))
  end)

  it_runs("sends nothing under a ceiling without a price", function()
    home:write("rows.csv", "model,prompt\nother,a\nother,b\n")
    local said = home:run("batch rows.csv --max-credits 30")
    assert.equal(6, said.status)
    assert.matches("2 x other: no price is known", said.err, 1, true)
    assert.equal(0, sandbox.counters().creates)
  end)

  it_runs("sends nothing again when it is started again", function()
    home:write("rows.csv", rows(10, function(i)
      return i % 5 == 0 and " [fail]" or ""
    end))
    local first = home:run("batch rows.csv -q")
    local second = home:run("batch rows.csv")
    assert.same({ 1, 1 }, { first.status, second.status })
    assert.equal(10, sandbox.counters().billed)
    assert.matches("\nsaved +8, 8 of them by an earlier run\nfailed +2\n", second.err)
    assert.equal(8, #folder.list(home.path) - 3) -- config, data and the rows
    assert.equal(1, home:run("batch rows.csv --retry-failed").status)
    assert.equal(12, sandbox.counters().billed)
  end)

  it_runs("refuses a key that stands for something else by now", function()
    home:write("rows.csv", rows(2))
    assert.equal(0, home:run("batch rows.csv").status)
    home:write("rows.csv", rows(2):gsub("number 2", "number 3"))
    local said = home:run("batch rows.csv")
    assert.equal(1, said.status)
    assert.matches("p002", said.err)
    assert.matches("input.prompt", said.err, 1, true)
    assert.equal(2, sandbox.counters().billed)
  end)

  it_runs("stops sending when the key is refused", function()
    home:write("rows.csv", rows(100))
    local said = home:run("batch rows.csv --jobs 2", { env = { LIANGXIN_API_KEY = "wrong" } })
    assert.equal(4, said.status)
    assert.equal(0, sandbox.counters().billed)
    assert.is_true(sandbox.counters().creates < 10)
  end)

  for name, case in pairs({
    ["a misspelt parameter"] = { "model,prompt,sead\nz-image,a,1\n",
      'row 2: input.sead is unknown: did you mean "seed"?' },
    ["a misspelt model"] = { "model,prompt\nz-image,a\nz-imge,a\n", 'row 3: model "z-imge" is unknown' },
    ["a missing prompt"] = { "model,seed\nz-image,1\n", "row 2: input.prompt is required" },
    ["a missing column"] = { "model,prompt,seed\nz-image,a\n", "row 2: it has 2 columns, the header has 3" },
    ["bytes of no UTF-8"] = { "model,prompt\nz-image,\255\n", "row 2: byte 9 is no UTF-8" },
    ["a key that is there twice"] = { "key,model,prompt\nk,z-image,a\nk,z-image,b\n",
      'row 3: key "k" stands in row 2, too' },
    ["a model with a line end"] = { 'model,prompt\n"a\nb",c\n', "row 2: model: at most 256 bytes" },
  }) do
    it_runs("refuses the whole file for " .. name, function()
      home:write("rows.csv", case[1])
      local said = home:run("batch rows.csv")
      assert.equal(2, said.status)
      assert.matches("liangxin: " .. case[2], said.err, 1, true)
      assert.matches("\nliangxin: nothing was sent\n", said.err, 1, true)
      assert.equal(0, sandbox.counters().creates)
    end)
  end

  it_runs("refuses a template that gives two rows one name", function()
    home:write("rows.csv", rows(2))
    local said = home:run("batch rows.csv --template '{model}.{ext}'")
    assert.equal(2, said.status)
    assert.matches("row 3: it would be saved as z-image, like row 2: put {key} into the template", said.err, 1, true)
    assert.equal(2, home:run("batch rows.csv -o out.png").status)
    assert.equal(2, home:run("batch missing.csv").status)
  end)

  it_runs("says what would be sent and what it costs", function()
    home:write("config/liangxin/config.lua", "return { prices = { ['z-image'] = 4 } }")
    home:write("rows.csv", rows(3))
    local said = home:run("batch rows.csv --dry-run")
    assert.equal(0, said.status)
    assert.matches("3 x z-image: 12 credits, 4 each", said.err, 1, true)
    assert.equal(0, sandbox.counters().creates)
    said = home:run("batch rows.csv --dry-run --json")
    assert.same({ key = "p001", model = "z-image", input = { prompt = "a house, number 1" } },
      json.decode(said.out:match("^[^\n]+")))
  end)
end)

describe("liangxin batch of an empty file", function()
  it_runs("says that there is nothing to send", function()
    local home = cli.home():use({ base_url = "http://127.0.0.1:1", api_key = "sk-some-key" })
    home:write("rows.csv", "model,prompt\n")
    local said = home:run("batch rows.csv -o out/")
    assert.equal(0, said.status)
    assert.equal("rows.csv has no rows: there is nothing to send\n", said.err)
    home:remove()
  end)
end)

describe("liangxin validate", function()
  it_runs("tells every problem by its place, and needs no key", function()
    local home = cli.home()
    home:write("rows.csv", "model,prompt,seed,mood\nz-image,a,1,\nz-image,b,abc,\nz-imge,c,1,\nz-image,d,1,odd\n"
      .. "z-image,e\n")
    local said = home:run("validate rows.csv")
    assert.equal(2, said.status)
    assert.matches('^row 3: input.seed is "abc"', said.out)
    assert.matches('\nrow 4: model "z%-imge" is unknown: did you mean "z%-image"%?\n', said.out)
    assert.matches("\nrow 5: warning: input.mood is not in the catalogue", said.out)
    assert.matches("\nrow 6: it has 2 columns, the header has 4\n", said.out)
    assert.matches("2 rows can be sent, 3 not\n", said.err, 1, true)
    said = home:run("validate rows.csv --json")
    local first = json.decode(said.out:match("^[^\n]+"))
    assert.same({ "row 3", "error" }, { first.place, first.level })
    home:write("good.jsonl", '{"model":"z-image","prompt":"a"}\n')
    said = home:run("validate good.jsonl")
    assert.same({ "", 0 }, { said.out, said.status })
    home:remove()
  end)

  it_runs("takes no folder for an empty file", function()
    local home = cli.home()
    local said = home:run("validate .")
    assert.same({ 2, "liangxin: .: it is a folder: give a file\n" }, { said.status, said.err })
    home:remove()
  end)

  it_runs("counts credits of what can be sent only", function()
    local home = cli.home()
    home:write("config/liangxin/config.lua", 'return { prices = { ["z-image"] = 4 } }')
    home:write("rows.csv", "model,prompt,seed\nz-image,a,1\nz-image,b,abc\nz-image,c,3\n")
    assert.matches("2 x z-image: 8 credits, 4 each", home:run("validate rows.csv").err, 1, true)
    home:remove()
  end)
end)
