-- Mistakes in the arguments of the program that ended in a stack, in another place's
-- words, or in the root folder: -o "$UNSET" saved there.

local cli = require("spec.support.cli")

local it_runs = cli.has_shell and it or pending

describe("a mistake in the arguments", function()
  local sandbox, home

  cli.serve({ speed = 500, side = 64 }, function(service, own)
    sandbox, home = service, own
    home:write("rows.csv", "key,model,prompt\na,z-image,x\n")
  end)

  local BATCH = "--batch '': it must be 1 to 256 bytes of UTF-8, without control characters"
  local OUTPUT = "'': it must name a file or folder"

  for arguments, words in pairs({
    ["batch rows.csv --batch ''"] = BATCH,
    ["enqueue rows.csv --batch ''"] = BATCH,
    ["work --until-empty --batch ''"] = BATCH,
    ["generate z-image x -o ''"] = OUTPUT,
    ["batch rows.csv -o ''"] = OUTPUT,
    ["enqueue rows.csv -o ''"] = OUTPUT,
    ["save a -o ''"] = OUTPUT,
    ["export -o ''"] = OUTPUT,
    ["gallery -o ''"] = OUTPUT,
    ["batch rows.csv --jobs 0"] = "--jobs '0': it must be a whole number from 1 to 999999999",
    ["enqueue rows.csv --priority 1e20"] = "--priority '1e20': it must be a whole number from -1000000 to 1000000",
    ["generate z-image x -n 2000"] = "-n '2000': it must be a whole number from 1 to 1000",
    ["generate z-image"] = 'Write it behind the model: liangxin generate z-image "PROMPT"',
    ["--journal . generate z-image x"] = "the journal . is a folder: name a file in it",
    ["--config none models"] = "the config file: none: ",
  }) do
    it_runs("is told in its own words: " .. arguments, function()
      local said = home:run(arguments)
      assert.equal(2, said.status, said.err)
      assert.matches(words, said.err, 1, true)
      assert.is_nil(said.err:find("traceback", 1, true))
      assert.equal(0, sandbox.counters().creates)
    end)
  end

  it_runs("is named by the variable that has it", function()
    local said = home:run("generate z-image x", { env = { LIANGXIN_BASE_URL = "nonsense" } })
    assert.matches("^liangxin: LIANGXIN_BASE_URL must look like https://host", said.err)
  end)

  it_runs("is none where a file has a name that no batch can have", function()
    local name = "r\tows.csv"
    home:write(name, "key,model,prompt\na,z-image,x\n")
    assert.equal(0, home:run("batch " .. cli.quote(name)).status)
  end)

  it_runs("is none where a task is saved by the number of its entry", function()
    assert.equal(0, home:run("generate z-image x -q").status)
    assert.equal("one.png\n", home:run("save '#1' -o one.png -q").out)
  end)

  it_runs("is none where nothing is open, which watch says", function()
    assert.equal("nothing is open\n", home:run("watch").err)
  end)
end)
