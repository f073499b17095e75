-- The program as a whole: help, mistakes, what goes where.

local cli = require("spec.support.cli")
local program = require("liangxin.cli")

local it_runs = cli.has_shell and it or pending

describe("liangxin", function()
  local home

  before_each(function()
    home = cli.home()
  end)

  after_each(function()
    home:remove()
  end)

  it_runs("explains itself, with every command", function()
    local said = home:run("--help")
    assert.equal(0, said.status)
    assert.equal("", said.err)
    for _, name in ipairs(program.COMMANDS) do
      assert.matches("\n   " .. name .. " ", said.out, 1, true)
      assert.matches("^Usage: liangxin " .. name, home:run(name .. " --help").out)
    end
    assert.equal("liangxin " .. require("liangxin")._VERSION .. "\n", home:run("--version").out)
  end)

  it_runs("is described: each command, option and status", function()
    local page = cli.read("lua/liangxin/cli/README.md")
    local commands = {}
    for i, name in ipairs(program.COMMANDS) do
      commands[i] = program.command(name)
      assert.matches("\n| `" .. name .. "[ `]", page)
    end
    local help = { require("liangxin.cli.parser").new(commands, "0"):get_help() }
    for _, name in ipairs(program.COMMANDS) do
      help[#help + 1] = name ~= "sandbox" and home:run(name .. " --help").out or ""
    end
    for option in table.concat(help):gmatch("%-%-[%a-]+") do
      assert.matches(option, page, 1, true)
    end
    for _, row in ipairs(require("liangxin.cli.status").ROWS) do
      assert.matches(("\n| %d | %s |\n"):format(row[2], row[3]), page, 1, true)
    end
  end)

  for arguments, mistake in pairs({
    [""] = "a command is required",
    ["modles"] = "unknown command 'modles': Did you mean 'models'?",
    ["models --jsn"] = "unknown option '--jsn': Did you mean '--json'?",
    ["models a b"] = "too many arguments",
  }) do
    it_runs("refuses: liangxin " .. arguments, function()
      local said = home:run(arguments)
      assert.equal(2, said.status)
      assert.equal("", said.out)
      assert.matches("liangxin: " .. mistake, said.err, 1, true)
      assert.matches("\nTry: liangxin " .. (arguments:match("^models ") or "") .. "--help\n", said.err, 1, true)
    end)
  end

  for option, advice in pairs({
    ["--prompt cat"] = 'liangxin generate MODEL "PROMPT"',
    ["--image-size 1"] = "image_size=VALUE",
  }) do
    it_runs("says how a parameter is written: " .. option, function()
      local said = home:run("generate z-image " .. option)
      assert.equal(2, said.status)
      assert.matches(advice, said.err, 1, true)
    end)
  end

  it_runs("takes an empty variable for one that is not set", function()
    local env = home.env
    home.env = { LIANGXIN_BASE_URL = "", LIANGXIN_API_KEY = "sk-some-key" }
    local said = home:run("generate z-image cat")
    home.env = env
    assert.equal(2, said.status)
    assert.matches("no address: set LIANGXIN_BASE_URL", said.err, 1, true)
  end)

  it_runs("says that stdout takes nothing more", function()
    local said = home:run("models >/dev/full")
    assert.equal(1, said.status)
    assert.matches("stdout cannot be written", said.err)
  end)
end)
