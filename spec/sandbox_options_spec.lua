-- The options of the sandbox: what is refused, and in which words.

local client = require("spec.support.sandbox_client")
local options = require("liangxin.sandbox.options")
local sandbox = require("liangxin.sandbox")

local start = client.start

describe("the sandbox's options:", function()
  after_each(client.stop_all)

  it("names the nearest option for an unknown one", function()
    assert.has_error(function()
      sandbox.start({ speedd = 3 })
    end, 'liangxin.sandbox: unknown option "speedd"; did you mean "speed"?')
  end)

  it("points at the caller", function()
    local compile = rawget(_G, "loadstring") or load
    local caller = assert(compile("(...).start({ port = -1 })", "=caller"))
    local ok, message = pcall(caller, sandbox)
    assert.is_false(ok)
    assert.matches("^caller:1: .*option port is %-1", message)
  end)

  for name, value in pairs({
    port = 65536,
    api_key = "with blank",
    seconds = { sound = 1 },
    speed = 0,
    fault = "nonsense",
    seed = -1,
    unknown_task = 500,
    max_body = 0,
    models = "all",
    prices = { ["z-image"] = -1 },
    balance = "much",
    side = 4,
    ordered = 1,
  }) do
    it("refuses a wrong " .. name, function()
      assert.has_error(function()
        sandbox.start({ [name] = value })
      end)
    end)
  end

  it("says that a port is taken, and takes none then", function()
    local box = start()
    local port = tonumber(box.base_url:match("%d+$"))
    local other, err = sandbox.start({ port = port })
    assert.is_nil(other)
    assert.matches("cannot listen on 127.0.0.1:" .. port, err, 1, true)
  end)

  it("give a client waits that are as much shorter as the tasks", function()
    local given = options.for_client("http://127.0.0.1:1", options.check({ speed = 10 }, 1))
    assert.equal(0.1, given.poll.first)
    assert.equal(1, given.poll.max)
    assert.equal(0.05, given.retry.base)
    assert.equal("sk-sandbox", given.api_key)
  end)

  it("have seconds for each kind of model", function()
    assert.same({ image = 7, video = 7 }, options.check({ seconds = 7 }, 1).seconds)
    assert.same({ image = 2, video = 60 }, options.check({ seconds = { video = 60 } }, 1).seconds)
  end)
end)
