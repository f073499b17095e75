-- A batch that ran again with another folder left its files in the old one, without
-- a word; and added what an earlier run was charged to its own credits.

local cli = require("spec.support.cli")
local folder = require("spec.support.folder")
local json = require("liangxin.cli.json")

local it_runs = cli.has_shell and it or pending

describe("what an earlier run has saved", function()
  local sandbox, home

  cli.serve({ speed = 500, side = 64 }, function(service, own)
    sandbox, home = service, own
  end)

  local function write_rows(count)
    local lines = { "key,model,prompt" }
    for i = 1, count do
      lines[i + 1] = ("p%d,z-image,house %d"):format(i, i)
    end
    home:write("rows.csv", table.concat(lines, "\n") .. "\n")
  end

  it_runs("stays where it is, and a batch with another folder says where", function()
    write_rows(2)
    assert.equal(0, home:run("batch rows.csv -o old").status)
    write_rows(3)
    local said = home:run("batch rows.csv -o new")
    assert.equal(0, said.status)
    assert.matches("\nliangxin: 2 results are where an earlier run saved them: old/\n", said.err, 1, true)
    assert.matches("\nsaved +3, 2 of them by an earlier run\ncredits +8%.5, and 17 by an earlier run\n", said.err)
    assert.same({ "p3-1.png" }, folder.list(home.path .. "/new"))
    assert.equal(3, sandbox.counters().billed)
    said = home:run("batch rows.csv -o ./old/")
    assert.matches("\nliangxin: 1 result is where an earlier run saved it: new/\n", said.err, 1, true)
    assert.matches("\nsaved +3, 3 of them by an earlier run\ncredits +0, and 25%.5 by an earlier run\n", said.err)
  end)

  it_runs("is not named where the folder is the same", function()
    write_rows(2)
    for _, name in ipairs({ "old", home.path .. "/old", "./old/" }) do
      local said = home:run("batch rows.csv -o " .. name)
      assert.equal(0, said.status)
      assert.is_nil(said.err:find("where an earlier run", 1, true), said.err)
    end
    assert.equal(2, sandbox.counters().billed)
  end)

  it_runs("is named by generate, too, and marked in JSON", function()
    assert.equal(0, home:run("generate z-image x --key hero -o old/").status)
    local said = home:run("generate z-image x --key hero -o new.png --json")
    local line = json.decode(said.out)
    assert.same({ "saved", true }, { line.state, line.earlier })
    assert.matches("^old/", line.files[1])
    local told = "\nliangxin: 1 result is where an earlier run saved it: " .. line.files[1] .. "\n"
    assert.matches(told, said.err, 1, true)
    assert.is_nil(json.decode(home:run("generate z-image y --json").out).earlier)
  end)

  it_runs("is not charged again, and what is sent again is this run's", function()
    home:write("rows.csv", "key,model,prompt\np1,z-image,a\np2,z-image,[fail] b\n")
    assert.equal(1, home:run("batch rows.csv").status)
    local said = home:run("batch rows.csv")
    assert.matches("\ncredits +0, and 8%.5 by an earlier run\n", said.err)
    home:write("rows.csv", "key,model,prompt\np1,z-image,a\np2,z-image,[fail] b\np3,z-image,c\n")
    said = home:run("batch rows.csv --retry-failed")
    assert.matches("\ncredits +8%.5, and 8%.5 by an earlier run\n", said.err)
    assert.equal(4, sandbox.counters().billed)
  end)
end)
