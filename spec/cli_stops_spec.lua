-- Ctrl-C and SIGTERM: what is paid for is kept, nothing more is sent, and the
-- program says how to go on.

local child = require("spec.support.child")
local cli = require("spec.support.cli")
local sandbox_module = require("liangxin.sandbox")
local socket = require("socket")

local it_runs = cli.has_shell and it or pending

describe("stopping", function()
  local sandbox, home

  before_each(function()
    home = cli.home()
  end)

  after_each(function()
    sandbox.stop()
    home:remove()
  end)

  local function start_sandbox(seconds)
    sandbox = assert(sandbox_module.start({ seconds = seconds }))
    home:use(sandbox)
  end

  local function write_rows(count)
    local lines = { "key,model,prompt" }
    for i = 1, count do
      lines[i + 1] = ("p%d,z-image,a house"):format(i)
    end
    home:write("rows.csv", table.concat(lines, "\n"))
  end

  -- The program, running: its process id, and a function that waits for its end.
  local function start(arguments)
    local command = home:command(arguments):gsub("exec env", "echo $$; exec env", 1)
    local pipe = io.popen(("sh -c %s </dev/null 2>%s; echo \"ended $?\"")
      :format(cli.quote(command), cli.quote(home.path .. "/stderr")))
    local pid = pipe:read("*l")
    return pid, function()
      local text = pipe:read("*a")
      pipe:close()
      return tonumber(text:match("ended (%d+)\n$")), home:read("stderr"), text:gsub("ended %d+\n$", "")
    end
  end

  local function wait_until(is_so, what)
    local limit = socket.gettime() + 60
    while not is_so() do
      assert(socket.gettime() < limit, "not within 60 s: " .. what)
      socket.sleep(0.02)
    end
  end

  local function wait_for_creates(count)
    wait_until(function()
      return sandbox.counters().billed >= count
    end, count .. " creates")
  end

  local function wait_for_words(words)
    wait_until(function()
      return (home:read("stderr") or ""):find(words, 1, true)
    end, words)
  end

  for _, signal in ipairs({ "INT", "TERM" }) do
    it_runs("by " .. signal .. " sends nothing more and saves what was sent", function()
      start_sandbox(2)
      write_rows(50)
      local pid, wait = start("batch rows.csv --jobs 4")
      wait_for_creates(4)
      os.execute(("kill -%s %s"):format(signal, pid))
      local status, err, out = wait()
      assert.equal(130, status)
      assert.matches("nothing more is sent; %d tasks? under way %a+ waited for", err)
      local saved = select(2, out:gsub("%-1%.png\n", ""))
      assert.equal(sandbox.counters().billed, saved)
      assert.is_true(saved < 50)
      assert.matches(("\nsaved +%d\nnot sent +%d\n"):format(saved, 50 - saved), err)
    end)
  end

  it_runs("twice leaves at once, and says how to go on", function()
    start_sandbox(600)
    write_rows(3)
    local pid, wait = start("batch rows.csv")
    wait_for_creates(3)
    wait_until(function()
      return select(2, home:read("stderr"):gsub(": waiting", "")) == 3
    end, "the answers")
    os.execute("kill -INT " .. pid)
    wait_for_words("Ctrl-C again leaves")
    os.execute("kill -INT " .. pid)
    local status, err = wait()
    assert.equal(130, status)
    local ids = err:match("\nliangxin: go on with: liangxin save ([^\n]+)\n")
    assert.equal(3, select(2, ids:gsub("%S+", "")))
    assert.matches("\nunfinished +3\n", err)
  end)

  it_runs("does not lose a task: save finishes it", function()
    start_sandbox(1)
    local pid, wait = start("generate z-image x")
    wait_for_words(": waiting")
    os.execute("kill -INT " .. pid)
    os.execute("kill -INT " .. pid)
    local status, err, out = wait()
    local id = err:match("liangxin save (%S+)")
    if id then -- else it was quicker than the signals
      assert.equal(130, status)
      local said = home:run("save " .. id .. " -o saved.png")
      assert.same({ 0, "saved.png\n" }, { said.status, said.out })
    else
      assert.matches("%.png\n", out)
    end
    assert.equal(1, sandbox.counters().billed)
  end)

  it_runs("needs no journal: a task of another program is saved by its id", function()
    start_sandbox(0.1)
    local said = home:run("generate z-image x --json -q")
    local id = said.out:match('"task_id":"([^"]+)"')
    said = home:run("save " .. id .. " -o again/ --template '{task_id}.{ext}' -q")
    assert.equal("again/" .. id .. ".png\n", said.out)
    assert.equal(1, home:run("save no_such_task").status)
  end)

  it_runs("has no effect on what has ended", function()
    start_sandbox(0.1)
    assert.is_true(child.can_start)
    assert.equal(0, home:run("generate z-image x").status)
  end)
end)
