-- `liangxin models`: the catalogue for people and for programs.

local cli = require("spec.support.cli")
local json = require("liangxin.cli.json")
local models = require("liangxin.models")

local it_runs = cli.has_shell and it or pending

describe("liangxin models", function()
  local home

  setup(function()
    home = cli.home()
  end)

  teardown(function()
    home:remove()
  end)

  it_runs("lists every model", function()
    local said = home:run("models")
    assert.equal(0, said.status)
    assert.equal("", said.err)
    local lines = {}
    for line in said.out:gmatch("[^\n]+") do
      lines[#lines + 1] = line
    end
    for i, model in ipairs(models.list()) do
      assert.equal(model.id, lines[i]:match("^%S+"))
      assert.matches(model.description, lines[i], 1, true)
    end
  end)

  it_runs("shows each parameter of one", function()
    local said = home:run("models z-image")
    assert.equal(0, said.status)
    for _, spec in ipairs(models.get("z-image").parameters) do
      assert.matches("\n  " .. spec.name .. " ", said.out, 1, true)
    end
    assert.matches("seed +integer, 0%.%.4294967295\n", said.out)
    assert.matches("output_format +string, png|jpeg, default png\n", said.out)
  end)

  it_runs("gives JSON, one object a line", function()
    local count = 0
    for line in home:run("models --json").out:gmatch("[^\n]+") do
      count = count + 1
      assert.equal(models.list()[count].id, json.decode(line).id)
    end
    assert.equal(#models.list(), count)
    assert.same(models.get("z-image"), json.decode(home:run("models z-image --json").out))
  end)

  it_runs("suggests the model that was meant", function()
    local said = home:run("models z-imge")
    assert.equal(2, said.status)
    assert.equal("", said.out)
    assert.matches('no model "z-imge": did you mean "z-image"?', said.err, 1, true)
  end)
end)
