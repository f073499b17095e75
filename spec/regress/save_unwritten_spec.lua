-- A worker whose server was killed while it saved: it told the failure and left
-- the entry, which nobody else took over, as its owner lived.

local fault_client = require("spec.support.fault_client")
local folders = require("spec.support.folder")
local postgres = require("spec.support.postgres")
local quick = require("spec.support.quick")
local socket = require("socket")

local PATIENCE = 60 -- s

local server, missing = postgres.start()

describe("a worker that saves", function()
  if not server then
    pending(missing)
    return
  end
  local fault = fault_client.serve()
  local folder

  before_each(function()
    folder = folders.new()
  end)


  after_each(function()
    quick.close()
    fault:clear_rules()
    folders.remove(folder)
  end)

  teardown(function()
    server:stop()
  end)

  -- Work on one entry, and kill the server when `is_time()`; then `then_do()`.
  local function work(is_time, then_do)
    local client = quick.client(fault, { journal = server:fresh() })
    assert(client.journal:enqueue({ model = "z-image", input = { prompt = "a kite" }, save = folder .. "/" }))
    local told = {}
    local job = client:spawn(function()
      return client:work(function(result, err)
        told[#told + 1] = result and "saved" or err.kind
      end, { until_empty = true })
    end)
    local limit = socket.gettime() + PATIENCE
    client:run(function()
      repeat
        client:sleep(0.01)
      until is_time() or socket.gettime() > limit
    end)
    server:kill("KILL")
    then_do()
    -- Calls wait for the server for 5 s; after that the journal refuses.
    local refused
    client:run(function()
      refused = select(2, client.journal:spend())
    end)
    assert.equal("journal", refused.kind)
    assert.equal("waiting", job.status)
    assert.same({}, told)
    server:launch()
    assert.same({ done = 1, failed = 0 }, job:wait(PATIENCE))
    assert.same({ "saved" }, told)
    assert.equal(1, fault:billed())
  end

  it("goes on when the server is there again", function()
    fault:rule({ on = "create", script = { polls_until_success = 0 } })
    fault:rule({ on = "file", act = "hang" })
    work(function()
      return fault:stats().hanging == 1
    end, function()
      fault:release()
    end)
    assert.equal(1, #folders.list(folder))
  end)

  it("goes on where it could not even be written that there is a result", function()
    fault:rule({ on = "create", script = { polls_until_success = 1000000 } })
    work(function()
      return fault:stats().queries > 0
    end, function()
      fault:task(fault:requests({ kind = "create" })[1].task, { polls_until_success = 0 })
    end)
    assert.equal(1, #folders.list(folder))
  end)
end)
