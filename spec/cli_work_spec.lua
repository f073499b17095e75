-- `liangxin enqueue`, `work` and `listen`, against the sandbox.

local cli = require("spec.support.cli")
local folder = require("spec.support.folder")
local json = require("liangxin.cli.json")

local it_runs = cli.has_shell and it or pending
local it_asks = pcall(require, "liangxin.store.postgres") and it_runs or pending

describe("liangxin enqueue and work", function()
  local sandbox, home

  cli.serve({ speed = 500 }, function(service, own)
    sandbox, home = service, own
  end)

  local function rows(count)
    local lines = { "key,model,prompt" }
    for i = 1, count do
      lines[i + 1] = ('p%03d,z-image,"a house, number %d"'):format(i, i)
    end
    return table.concat(lines, "\n") .. "\n"
  end

  it_runs("hand over a file's rows", function()
    home:write("rows.csv", rows(20))
    local said = home:run("enqueue rows.csv -o out --priority 5 --batch night")
    assert.equal(0, said.status, said.err)
    assert.matches("20 enqueued, 0 there already", said.err)
    assert.equal(0, sandbox.counters().billed)
    assert.matches("0 enqueued, 20 there already", home:run("enqueue rows.csv --batch night").err)
    said = home:run("work --until-empty --batch night --concurrency 8 --json")
    assert.equal(0, said.status, said.err)
    local count = 0
    for line in said.out:gmatch("[^\n]+") do
      count = count + 1
      assert.equal("saved", json.decode(line).state)
    end
    assert.equal(20, count)
    assert.equal(20, #folder.list(home.path .. "/out"))
    assert.equal(20, sandbox.counters().billed)
    assert.matches("20 done, 0 failed", said.err)
  end)

  it_runs("put nothing in where the file has a mistake", function()
    home:write("rows.csv", "key,prompt\na,a house\n")
    local said = home:run("enqueue rows.csv")
    assert.equal(2, said.status)
    assert.matches("nothing was put in", said.err)
    assert.equal(2, home:run("enqueue rows.csv --no-journal").status)
    assert.equal(2, home:run("work --drain soon").status)
  end)

  it_runs("drain on SIGTERM: what is under way ends, the rest stays", function()
    home:write("rows.csv", rows(60))
    assert.equal(0, home:run("enqueue rows.csv").status)
    local pipe = io.popen(home:command("work --concurrency 4 --drain 60") .. " 2>&1 & echo $!; wait $!; echo status $?")
    local pid = pipe:read("*l")
    assert.truthy(pipe:read("*l")) -- the first has ended
    os.execute("kill -TERM " .. pid)
    local said = pipe:read("*a")
    pipe:close()
    assert.matches("nothing more is claimed", said)
    assert.matches("%d+ done, 0 failed", said)
    assert.matches("status 0", said)
    assert.is_true(sandbox.counters().billed < 60)
    assert.equal(0, home:run("work --until-empty --concurrency 16 -q").status)
    assert.equal(60, sandbox.counters().billed)
  end)

  it_runs("are watched until a worker has ended what a dead one has left", function()
    home:write("lost.csv", "key,model,prompt\na,z-image,[lost] x\nb,z-image,[lost] y\nc,z-image,[lost] z\n")
    assert.equal(5, home:run("batch lost.csv -q").status)
    local billed = sandbox.counters().billed
    home:write("rows.csv", rows(1))
    home:write("out", "no folder")
    assert.equal(0, home:run("enqueue rows.csv -o out").status)
    local pipe = io.popen(home:command("work") .. " 2>&1 & echo $!; wait $! 2>/dev/null")
    local pid = pipe:read("*l")
    assert.matches("p001: .*out", pipe:read("*l"))
    os.execute("kill -KILL " .. pid)
    pipe:close()
    local watching = io.popen("(" .. home:command("watch a b c p001") .. ") 2>&1; echo status $?")
    for _, key in ipairs({ "a", "b", "c" }) do
      assert.equal(key .. ": unknown", watching:read("*l"))
    end
    local first = watching:read("*l")
    for _, key in ipairs({ "a", "b", "c" }) do -- looks at what is nobody's: watch is not to end
      assert.equal(0, home:run("resolve " .. key .. " nothing -q").status)
      assert.equal(key .. ": refused", watching:read("*l"))
    end
    os.remove(home.path .. "/out")
    local said = home:run("work --until-empty -q")
    assert.same({ 0, "" }, { said.status, said.err })
    assert.is_true(first == "p001: accepted" or first == "p001: succeeded", first)
    assert.matches("p001: saved\nstatus 0\n$", watching:read("*a"))
    watching:close()
    assert.equal(billed + 1, sandbox.counters().billed)
  end)

  it_asks("wait for a server that is not there, and say so", function()
    local pipe = io.popen(home:command("--journal postgres://me@127.0.0.1:1/studio work")
      .. " 2>&1 & echo $!; wait $!; echo status $?")
    local pid = pipe:read("*l")
    assert.matches("cannot be reached.*; asking again until it answers$", pipe:read("*l"))
    os.execute("kill -TERM " .. pid)
    assert.matches("status 0\n$", pipe:read("*a"))
    pipe:close()
  end)

  it_runs("have a listener, which says what was called", function()
    local pipe = io.popen(home:command("listen") .. " 2>&1 & echo $!; wait $!; echo status $?")
    local pid = pipe:read("*l")
    local port = pipe:read("*l"):match("^listening on http://127%.0%.0%.1:%d+/, port (%d+)")
    home:write("rows.csv", rows(3))
    assert.equal(0, home:run("enqueue rows.csv --callback http://127.0.0.1:" .. port .. "/done").status)
    assert.equal(0, home:run("work --until-empty -q").status)
    local called = {}
    for i = 1, 3 do
      called[i] = home:run("save " .. pipe:read("*l") .. " -o called/").status
    end
    assert.same({ 0, 0, 0 }, called)
    os.execute("kill -TERM " .. pid)
    assert.matches("status 0", pipe:read("*a"))
    pipe:close()
    assert.equal(2, home:run("listen --public nonsense").status)
    home:write("more.csv", rows(1))
    local said = home:run("enqueue more.csv --callback nonsense")
    assert.equal(2, said.status)
    assert.matches("callBackUrl must be an http or https URL", said.err)
  end)
end)
