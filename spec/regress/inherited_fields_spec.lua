-- Fields that came through __index passed the check of a request and were not
-- sent: only a table's own fields are.

local fault_client = require("spec.support.fault_client")
local liangxin = require("liangxin")
local quick = require("spec.support.quick")

describe("a request with a metatable", function()
  local fault = fault_client.serve()
  local client

  before_each(function()
    client = quick.client(fault)
  end)

  after_each(quick.close)

  local function refuses(request, words)
    local ok, message = pcall(client.create, client, request)
    assert.is_false(ok)
    assert.truthy(message:find(words, 1, true), message)
    assert.truthy(message:find("inherited_fields_spec.lua:", 1, true) == nil
      or message:find("^%S+inherited_fields_spec.lua:%d+: "), message)
    assert.equal(0, fault:stats().creates)
  end

  it("is refused when its model is inherited", function()
    refuses(setmetatable({ input = { prompt = "x" } }, { __index = { model = "z-image" } }),
      "request.model comes through a metatable; only a table's own fields are sent")
  end)

  it("is refused when its input or callback is inherited", function()
    refuses(setmetatable({ model = "z-image" }, { __index = { input = {} } }),
      "request.input comes through a metatable")
    refuses(setmetatable({ model = "z-image", input = {} }, {
      __index = { callBackUrl = "https://example.com/" },
    }), "request.callBackUrl comes through a metatable")
  end)

  it("is refused when a parameter may be inherited", function()
    local defaults = { resolution = "2K" }
    refuses({ model = "z-image", input = setmetatable({ prompt = "x" }, { __index = defaults }) },
      "request.input: has a metatable with __index, but only a table's own fields are sent")
    refuses({ model = "z-image", input = { shots = { setmetatable({}, { __index = defaults }) } } },
      "request.input.shots[1]: has a metatable with __index")
    assert.is_false((pcall(client.generate, client, "z-image", setmetatable({}, { __index = defaults }))))
  end)

  it("is sent when the metatable gives no fields", function()
    assert(client:create(setmetatable({
      model = "z-image",
      input = setmetatable({ list = liangxin.array() }, { __name = "mine" }),
    }, { __tostring = function() return "r" end })))
    assert.equal('{"list":[]}', fault:requests({ kind = "create" })[1].body:match('"input":({.-})'))
  end)
end)
