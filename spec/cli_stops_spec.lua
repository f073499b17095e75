-- Ctrl-C and SIGTERM: what is paid for is kept, nothing more is sent, and the
-- program says how to go on.

local child = require("spec.support.child")
local cli = require("spec.support.cli")
local folder = require("spec.support.folder")
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
    sandbox = assert(sandbox_module.start({ seconds = seconds, side = 64 }))
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
      assert.matches("nothing more is sent; what is paid for is waited for and saved", err, 1, true)
      local saved = select(2, out:gsub("%-1%.png\n", ""))
      assert.equal(sandbox.counters().billed, saved)
      assert.is_true(saved < 50)
      assert.matches(("\nsaved +%d\nnot sent +%d\n"):format(saved, 50 - saved), err)
    end)
  end

  -- Stop it twice, as soon as `count` tasks are there.
  local function stop_twice(arguments, count)
    local pid, wait = start(arguments)
    wait_for_creates(count)
    os.execute("kill -INT " .. pid)
    wait_for_words("Ctrl-C again leaves")
    os.execute("kill -INT " .. pid)
    return wait()
  end

  it_runs("twice leaves at once, and says how to go on", function()
    start_sandbox(600)
    write_rows(3)
    local status, err = stop_twice("batch rows.csv", 3)
    assert.equal(130, status)
    assert.matches("\nliangxin: go on with: liangxin batch rows.csv\n", err)
    assert.matches("\nunfinished +3\n", err)
  end)

  it_runs("does not lose a task without a journal: save finishes it", function()
    start_sandbox(1)
    local status, err, out = stop_twice("--no-journal generate z-image x", 1)
    local id = err:match("go on with: liangxin save (%S+)")
    if id then -- else it was quicker than the signals
      assert.equal(130, status)
      local said = home:run("save " .. id .. " -o saved.png")
      assert.same({ 0, "saved.png\n" }, { said.status, said.out })
    else
      assert.matches("%.png\n", out)
    end
    assert.equal(1, sandbox.counters().billed)
  end)

  -- How many results are in a folder, and nothing else is.
  local function count_pictures(name)
    local files = folder.list(home.path .. "/" .. name)
    for _, file in ipairs(files) do
      assert.is_truthy(file:find("^p%d+%-1%.png$"), file)
    end
    return #files
  end

  -- The rows of the table at the end.
  local function number(err, word)
    return tonumber(err:match("\n" .. word .. " +(%d+)") or 0)
  end

  for name, stop in pairs({
    ["killed"] = function()
      local pid, wait = start("batch rows.csv -o out")
      wait_for_creates(60)
      os.execute("kill -KILL " .. pid)
      wait()
    end,
    ["stopped twice"] = function()
      stop_twice("batch rows.csv -o out", 60)
    end,
  }) do
    it_runs("a batch of 200 that was " .. name .. " goes on, and pays for nothing twice", function()
      sandbox = assert(sandbox_module.start({ seconds = 0.2, side = 64 }))
      home:use(sandbox)
      write_rows(200)
      stop()
      assert.is_true(sandbox.counters().billed < 200)
      local said = home:run("batch rows.csv -o out --jobs 64")
      local saved, unknown = number(said.err, "saved"), number(said.err, "unknown")
      assert.equal(200, saved + unknown)
      assert.is_true(said.status == (unknown > 0 and 5 or 0), said.err)
      local billed = sandbox.counters().billed
      assert.is_true(billed >= saved and billed <= 200, ("%d saved, %d billed"):format(saved, billed))
      assert.equal(saved, count_pictures("out"))
      local again = home:run("batch rows.csv -o out --jobs 64")
      assert.is_true(saved == number(again.err, "saved"), said.err .. again.err)
      assert.equal(billed, sandbox.counters().billed)
    end)
  end

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
