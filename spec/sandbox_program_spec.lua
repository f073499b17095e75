-- bin/liangxin-sandbox: its options, what it prints, how it ends.

local client = require("spec.support.sandbox_client")

local QUERY = client.QUERY
local fetch = client.fetch

describe("sandbox", function()
  after_each(client.stop_all)

  describe("the program", function()
    -- Under a preloaded ThreadSanitizer dash itself crashes (seen with gcc 12),
    -- and there is no running a program from Lua without the shell.
    local shell = io.popen("echo yes")
    local it_runs = shell:read("*l") == "yes" and it or pending
    shell:close()

    local function quote(text)
      return "'" .. text:gsub("'", "'\\''") .. "'"
    end

    -- The command that runs it under the Lua that runs this.
    local function command(arguments)
      local first = 0
      while arg[first - 1] do
        first = first - 1
      end
      return ("LUA_PATH=%s LUA_CPATH=%s %s lua/bin/liangxin-sandbox %s"):format(
        quote(package.path),
        quote(package.cpath),
        quote(arg[first]),
        arguments
      )
    end

    local function output(arguments)
      local pipe = io.popen(command(arguments) .. " 2>&1; echo rc=$?")
      local text = pipe:read("*a")
      pipe:close()
      return text
    end

    it_runs("explains itself, with every fault word", function()
      local text = output("--help")
      for _, fault in ipairs(require("liangxin.sandbox.faults")) do
        assert.matches("\n  " .. fault.word .. " ", text, 1, true)
      end
      assert.matches("rc=0\n$", text)
    end)

    for arguments, said in pairs({
      ["--prot 1"] = "unknown option --prot",
      ["--port"] = "--port wants a value",
      ["--speed fast"] = "--speed wants a number",
      ["--models all"] = 'option models is "all"; it must be "known"',
      ["--balance=-1"] = "option balance is -1; it must be credits from 0",
      ["--fault=odd"] = 'option fault is "odd"; it must be one of fail, 429',
    }) do
      it_runs("refuses " .. arguments, function()
        local text = output(arguments)
        assert.matches("liangxin-sandbox: " .. said, text, 1, true)
        assert.matches("rc=2\n$", text)
      end)
    end

    for _, signal in ipairs({ "INT", "TERM" }) do
      it_runs("prints the exports and ends cleanly on " .. signal, function()
        -- The shell tells its id before it becomes the program.
        local words = "echo $$; exec env " .. command("--key it\\'s --seconds=0")
        local pipe = io.popen("sh -c " .. quote(words) .. "; echo rc=$?")
        local pid = pipe:read("*l")
        local url = pipe:read("*l"):match("^export LIANGXIN_BASE_URL=(.+)$")
        local key = pipe:read("*l"):match("^export LIANGXIN_API_KEY=(.+)$")
        assert.equal([['it'\''s']], key)
        local box = { base_url = url, api_key = "it's" }
        assert.equal(200, (fetch(box, "GET", QUERY .. "x")))
        os.execute(("kill -%s %s"):format(signal, pid))
        assert.equal("rc=0", pipe:read("*l"))
        pipe:close()
      end)
    end
  end)
end)
