-- `liangxin completion`: bash completes with it; all three name every command.

local cli = require("spec.support.cli")
local program = require("liangxin.cli")

local it_runs = cli.has_shell and it or pending

describe("liangxin completion", function()
  local home

  setup(function()
    home = cli.home()
  end)

  teardown(function()
    home:remove()
  end)

  for _, shell in ipairs({ "bash", "zsh", "fish" }) do
    it_runs("names every command for " .. shell, function()
      local said = home:run("completion " .. shell)
      assert.equal(0, said.status)
      for _, name in ipairs(program.COMMANDS) do
        assert.matches(name, said.out, 1, true)
      end
      assert.matches("nano-banana-pro", said.out, 1, true)
    end)
  end

  local shell = io.popen("command -v bash 2>&1")
  local it_completes = shell:read("*l") and it_runs or pending
  shell:close()

  for line, words in pairs({
    ["gen"] = "generate",
    ["generate z-"] = "z-image",
    ["generate z-image se"] = "seed=",
    ["batch --pro"] = "--progress",
    ["batch --progress j"] = "json",
    ["validate --model z"] = "z-image",
  }) do
    it_completes("completes: liangxin " .. line, function()
      home:write("completion.bash", home:run("completion bash").out)
      local typed, count = { "liangxin" }, 0
      for word in line:gmatch("%S+") do
        typed[#typed + 1] = word
        count = count + 1
      end
      local script = ("compopt() { :; }; . %s; COMP_WORDS=(%s); COMP_CWORD=%d; _liangxin_words; "
        .. 'echo "${COMPREPLY[*]}"'):format(cli.quote(home.path .. "/completion.bash"), table.concat(typed, " "), count)
      local pipe = io.popen("bash -c " .. cli.quote(script))
      assert.equal(words, pipe:read("*l"))
      pipe:close()
    end)
  end
end)
