-- Threads under load: storms of creates and cancels lose no paid task, closing
-- is quick whatever is in flight, and a state beside this one does not mind.
-- Two states on two threads of one process: spec/c/test_lua_threads.c.

local core = require("liangxin.core")
local fault_client = require("spec.support.fault_client")
local liangxin = require("liangxin")
local live = require("spec.support.live")

local STORM = 10000
local AT_ONCE = 500

-- Far below the timeouts, and generous: a loaded machine may be slow. `make
-- drills` prints the figure.
local CLOSE_MAX_S = 30
local TIMEOUT_S = 120

describe("threads", function()
  local server = fault_client.serve({ tls = true })

  local function new(options)
    local given = {
      base_url = server.base_url, api_key = "sk-storm", ca_file = server.ca_file,
      max_connections = 16, poll = { first = 0.01, factor = 1, max = 0.01, jitter = 0 },
    }
    for name, value in pairs(options or {}) do
      given[name] = value
    end
    return liangxin.new(given)
  end

  -- One create that is cancelled before, while or after it is sent, or not at
  -- all; what the caller was told of it goes into `told`.
  local function start(client, told, n)
    local job = client:spawn(function()
      local task, err = client:create({ model = "m", input = { n = n } }, { watch = n % 3 == 0 })
      told[#told + 1] = task or err
      if task and n % 3 == 0 then
        task:cancel()
      end
    end)
    if n % 4 == 1 then
      job:cancel()
    end
    return job
  end

  -- Ids that the caller knows, creates of which he knows that they are unknown,
  -- and those of which he knows that he gave them up.
  local function count(told)
    local ids, unknown, given_up = {}, 0, 0
    for _, value in ipairs(told) do
      local id = value.id or value.task_id
      if id then
        assert(not ids[id], "an id was told twice")
        ids[id] = true
        ids[#ids + 1] = id
      elseif value.kind == "outcome_unknown" then
        unknown = unknown + 1
      elseif value.charged == "maybe" then
        given_up = given_up + 1
      end
    end
    return #ids, unknown, given_up
  end

  local function storm(client, told)
    local n = 0
    while n < STORM do
      local jobs = {}
      for i = 1, AT_ONCE do
        n = n + 1
        jobs[i] = start(client, told, n)
      end
      client:poll(0.01)
      for i = 2, AT_ONCE, 4 do
        jobs[i]:cancel()
      end
      client:wait_all(jobs)
    end
    assert(client:close(10))
    assert.equal(STORM, #told)
  end

  it("lose no paid task in a storm of creates and cancels", function()
    local told = {}
    storm(new(), told)
    local ids, unknown = count(told)
    assert.equal(server:billed(), ids + unknown)
    assert.equal(0, unknown)
    assert.truthy(ids > STORM / 4)
    assert.truthy(ids < STORM)
  end)

  it("tell of every paid task when answers are lost in the storm", function()
    server:rule({ on = "create", status = 200, cut_after = 0, times = 500 })
    local told = {}
    storm(new(), told)
    local ids, unknown, given_up = count(told)
    assert.truthy(unknown > 0)
    assert.truthy(server:billed() >= ids + unknown)
    assert.truthy(server:billed() <= ids + unknown + given_up)
  end)

  it("close at once under load", function()
    server:service({ polls_until_success = 1000000 })
    server:rule({ on = "file", times = "always", act = "hang" })
    server:rule({ on = "create", path = "/hang", times = "always", act = "hang" })
    local folder, remove = live.folder()
    for _, base_url in ipairs({
      server.base_url, server.tls_url, server.base_url .. "/hang", server.black_hole_url,
      server.tls_hang_url, server.refused_url, "https://nowhere.invalid",
    }) do
      local client = new({ base_url = base_url, timeout = TIMEOUT_S, connect_timeout = TIMEOUT_S })
      local ended, jobs = 0, 200
      for i = 1, jobs do
        client:spawn(function()
          if i % 20 == 0 then
            client:download(server.base_url .. "/files/x.png", folder .. i)
          else
            client:generate("m", {})
          end
          ended = ended + 1
        end)
      end
      client:poll(0.1)
      local began = core.now()
      assert.is_true(client:close())
      local took = core.now() - began
      assert(took < CLOSE_MAX_S, ("closing a client of %s took %.3f s"):format(base_url, took))
      assert.equal(jobs, ended)
    end
    remove()
    assert(server:await("open_connections", { at_most = 0 }))
  end)

  it("have room for a service of this process and its clients", function()
    local services, clients = {}, {}
    for i = 1, 3 do
      services[i] = live.start()
      clients[i] = live.client(services[i])
    end
    for i, client in ipairs(clients) do
      for _ = 1, 4 do
        client:spawn(function()
          local result = assert(client:generate("z-image", { prompt = "service " .. i }))
          assert(result:fetch())
        end)
      end
    end
    local open
    repeat
      open = 0
      for _, client in ipairs(clients) do
        client:poll(0.01)
        open = open + client:pending()
      end
    until open == 0
    for i = 1, 3 do
      clients[i]:close()
      services[i].stop()
    end
  end)
end)
