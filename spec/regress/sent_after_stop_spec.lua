-- After the first Ctrl-C creates that waited for their turn still went out, and were
-- paid for. Here the service asks for a pause of 600 s.

local cli = require("spec.support.cli")
local fault_client = require("spec.support.fault_client")
local json = require("liangxin.cli.json")
local quick = require("spec.support.quick")
local socket = require("socket")

local it_runs = cli.has_shell and it or pending

local PATIENCE_S = 60
local HELD = { { "Retry-After", "600" } }

describe("a create that waits when the program is to end", function()
  local fault = fault_client.serve()
  local home

  before_each(function()
    home = cli.home():use(fault)
  end)

  after_each(function()
    quick.close()
    home:remove()
  end)

  local function generate(client, opts)
    return client:generate("z-image", { prompt = "x" }, opts)
  end

  local function kinds_of(errors)
    local found = {}
    for i, err in pairs(errors) do
      found[i] = ("%s, charged %s, retryable %s"):format(err.kind, err.charged, tostring(err.retryable))
    end
    return found
  end

  -- The states of the journal's entries, once they are `wanted`: a job is told what is
  -- certain, while the journal still writes it.
  local function await_states(client, wanted)
    local limit = socket.gettime() + PATIENCE_S
    local states
    repeat
      client:poll(0.01)
      states = ""
      for entry in client.journal:entries() do
        states = states .. entry.state .. " "
      end
    until states == wanted or socket.gettime() > limit
    return states
  end

  local WITHDRAWN = "cancelled, charged no, retryable true"

  for _, with_journal in ipairs({ false, true }) do
    local it_sends = (not with_journal or pcall(require, "liangxin.store.sqlite")) and it or pending
    local name = with_journal and ", with a journal" or ""

    it_sends("is withdrawn, and none is sent after that" .. name, function()
      fault:rule({ on = "create", times = "always", status = 429, headers = HELD })
      local client = quick.client(fault, { deadline = 1200, journal = with_journal and home.path .. "/j.db" or nil })
      local jobs = {}
      for i = 1, 5 do
        jobs[i] = client:spawn(generate, client, with_journal and { key = "k" .. i } or {})
      end
      assert(fault:await("creates", { at_least = 1 }))
      assert.is_true(client:withdraw())
      local _, errors = client:wait_all(jobs, PATIENCE_S)
      jobs[6] = client:spawn(generate, client, {})
      _, errors[6] = jobs[6]:wait()
      local all = {}
      for i = 1, 6 do
        all[i] = WITHDRAWN
      end
      assert.same(all, kinds_of(errors))
      assert.equal(0, fault:billed())
      if with_journal then
        assert.equal(("planned "):rep(5), await_states(client, ("planned "):rep(5)))
      end
    end)
  end

  -- Its job's error said for ever that it may have been charged, and close waited for
  -- its answer.
  it("is known not to be charged when its job is cancelled", function()
    fault:rule({ on = "create", times = "always", status = 429, headers = HELD })
    local client = quick.client(fault, { deadline = 1200 })
    local found
    local job = client:spawn(function()
      local _, err = generate(client)
      found = err
    end)
    assert(fault:await("creates", { at_least = 1 }))
    while client:stats().in_flight > 0 do
      client:poll(0.01)
    end
    job:cancel()
    local limit = socket.gettime() + PATIENCE_S
    while found.charged ~= "no" and socket.gettime() < limit do
      client:poll(0.01)
    end
    assert.same({ "cancelled", "no" }, { found.kind, found.charged })
    local began = socket.gettime()
    client:close(2 * PATIENCE_S)
    assert.is_true(socket.gettime() - began < PATIENCE_S)
  end)

  it("is waited for where it is on its way", function()
    fault:rule({ on = "create", act = "hang" })
    local client = quick.client(fault)
    local job = client:spawn(generate, client)
    assert(fault:await("hanging", { at_least = 1 }))
    assert.is_true(client:withdraw())
    fault:release()
    assert.truthy(job:wait(PATIENCE_S))
    assert.same({ creates = 1, billed = 1 }, { creates = fault:stats().creates, billed = fault:billed() })
  end)

  it("is not sent again where it is refused on its way", function()
    fault:rule({ on = "create", act = "hang", status = 429 })
    local client = quick.client(fault)
    local job = client:spawn(generate, client)
    assert(fault:await("hanging", { at_least = 1 }))
    assert.is_true(client:withdraw())
    fault:release()
    local _, err = job:wait(PATIENCE_S)
    assert.same({ WITHDRAWN }, kinds_of({ err }))
    assert.equal(1, fault:stats().creates)
  end)

  it_runs("is not sent by a batch after its first Ctrl-C", function()
    fault:rule({ on = "create", times = "always", status = 429, headers = HELD })
    local lines = { "key,model,prompt" }
    for i = 1, 30 do
      lines[i + 1] = ("p%d,z-image,a house"):format(i)
    end
    home:write("rows.csv", table.concat(lines, "\n") .. "\n")
    local command = home:command("batch rows.csv -o out --deadline 1200 --json")
      :gsub("exec env", "echo $$; exec env", 1)
    local pipe = io.popen(("sh -c %s 2>%s; echo \"ended $?\""):format(cli.quote(command),
      cli.quote(home.path .. "/said")))
    local pid = pipe:read("*l")
    assert(fault:await("creates", { at_least = 1 }))
    os.execute("kill -INT " .. pid)
    local count = 0
    for line in pipe:lines() do
      if line:find("^{") then
        count = count + 1
        assert.equal("not_sent", json.decode(line).state)
      else
        assert.equal("ended 130", line)
      end
    end
    pipe:close()
    assert.equal(16, count)
    local said = home:read("said")
    assert.matches("nothing more is sent", said, 1, true)
    assert.matches("\nsaved +0\nnot sent +30\n", said)
    assert.matches("go on with: liangxin batch rows.csv", said, 1, true)
    assert.equal(0, fault:billed())
  end)
end)
