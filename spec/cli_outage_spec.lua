-- `liangxin work` while the service or the journal's server is away: it says so once,
-- and once that it is back; an outage later than at the start was silent.

local cli = require("spec.support.cli")
local fault_client = require("spec.support.fault_client")
local postgres = require("spec.support.postgres")
local sandbox_module = require("liangxin.sandbox")

local it_runs = cli.has_shell and it or pending

-- The program, running with stderr in the pipe.
local function start(home, arguments)
  local pipe = io.popen(home:command(arguments) .. " 2>&1 & echo $!; wait $!; echo status $?")
  return pipe, pipe:read("*l")
end

-- The lines from here on up to the one that has `words`.
local function read_until(pipe, words)
  local lines = {}
  for line in pipe:lines() do
    lines[#lines + 1] = line
    if line:find(words, 1, true) then
      return lines
    end
  end
  error("not said: " .. words .. "\n" .. table.concat(lines, "\n"))
end

local function count_of(lines, words)
  local count = 0
  for _, line in ipairs(lines) do
    count = count + (line:find(words, 1, true) and 1 or 0)
  end
  return count
end

describe("a worker whose service", function()
  local fault = fault_client.serve()

  it_runs("goes away says so once, and once that it is back", function()
    local home = cli.home():use(fault)
    home:write("rows.csv", "key,model,prompt\na,z-image,x\nb,z-image,y\n")
    assert.equal(0, home:run("enqueue rows.csv -o out").status)
    for _, act in ipairs({ "close", "answer" }) do
      fault:rule({ on = "query", act = act, status = act == "answer" and 503 or nil, times = 30 })
    end
    fault:rule({ on = "query", act = "close", times = "always" })
    local pipe, pid = start(home, "work --json")
    local away = read_until(pipe, "asking again until it answers")
    assert.matches("liangxin: the service at http://127.0.0.1:%d+ does not answer: ", away[#away])
    fault:reset()
    local back = read_until(pipe, "the service answers again, after")
    assert.equal(0, count_of(back, "does not answer"))
    os.execute("kill -TERM " .. pid)
    local rest = read_until(pipe, "status ")
    assert.equal(0, count_of(rest, "answers again"))
    pipe:close()
    home:remove()
  end)
end)

local server = cli.has_shell and postgres.start()

describe("a worker whose journal", function()
  local it_asks = server and it or pending

  teardown(function()
    if server then
      server:stop()
    end
  end)

  it_asks("goes away says so once, and once that it is back", function()
    local sandbox = assert(sandbox_module.start({ speed = 500, side = 64 }))
    local home = cli.home():use(sandbox)
    local journal = "--journal " .. cli.quote(server:fresh()) .. " "
    home:write("rows.csv", "key,model,prompt\na,z-image,x\n")
    assert.equal(0, home:run(journal .. "enqueue rows.csv -o out").status)
    local pipe, pid = start(home, journal .. "work")
    assert.equal(1, #read_until(pipe, "/out/")) -- it works
    server:kill("KILL")
    assert.equal(1, #read_until(pipe, "asking again until it answers"))
    server:launch()
    assert.equal(1, #read_until(pipe, "the journal answers again, after"))
    os.execute("kill -TERM " .. pid)
    assert.equal(0, count_of(read_until(pipe, "status "), "again"))
    pipe:close()
    home:remove()
    sandbox.stop()
  end)
end)
