-- The loop adapters on plain Lua, whose hosts are not here: what they say where
-- they do not belong, and the one that needs LuaSocket only. spec/hosts runs
-- each in its own host.

local fault_client = require "spec.support.fault_client"
local live = require "spec.support.live"
local quick = require "spec.support.quick"
local socket = require "socket"

local attach = require("liangxin.loop.socket").attach

describe("a loop adapter", function()
  local fault = fault_client.serve()

  after_each(quick.close)

  local function raised(name, ...)
    return live.raised(require("liangxin.loop." .. name).attach, ...)
  end

  it("says in the wrong host what to do", function()
    local client = quick.client(fault)
    for name, words in pairs({
      luv = "liangxin.loop.luv: luv is not loaded: pass { loop = require 'luv' }",
      nvim = "liangxin.loop.nvim: this is not Neovim: there is no vim.loop",
      love = "liangxin.loop.love: this is not LÖVE: there is no love.update",
      cqueues = "liangxin.loop.cqueues: pass the controller: { loop = cqueues.new() }",
      copas = "liangxin.loop.copas: Copas is not loaded: pass { loop = require 'copas' }",
      ngx = "liangxin.loop.ngx: this is not nginx: there is no ngx.timer",
      tarantool = "liangxin.loop.tarantool: this is not Tarantool: there are no fibers",
      glib = "liangxin.loop.glib: lgi is not loaded: pass { loop = require('lgi').GLib }",
      socket = "liangxin.loop.socket: LuaSocket is not loaded: pass { loop = require 'socket' }",
    }) do
      for _, opts in ipairs({ {}, { loop = {} }, { loop = "luv" }, { loop = 1 } }) do
        local text = raised(name, client, name == "socket" and (opts.loop and opts or { loop = {} }) or opts)
        assert.truthy(text:find(words, 1, true), text)
        assert.is_nil(client.park)
      end
    end
  end)

  it("wants a client that is open and that nobody drives", function()
    for _, wrong in ipairs({ false, {}, "client", 1 }) do
      assert.matches("loop_spec.lua:%d+: attach%(client, opts%): the first argument must be a client of liangxin.new",
        live.raised(function()
          attach(wrong, { loop = socket })
        end))
    end
    local client = quick.client(fault)
    local loop = attach(client, { loop = socket })
    assert.matches("a loop drives this client already: stop it first", raised("socket", client, { loop = socket }))
    loop:stop()
    assert.matches("option 'on_error' must be a function, not string",
      raised("socket", client, { loop = socket, on_error = "print" }))
    assert.matches("options must be a table, not string", raised("socket", client, "opts"))
    assert.matches("unknown option 'on_eror'; did you mean 'on_error'%?",
      raised("socket", client, { loop = socket, on_eror = print }))
    client:close()
    assert.matches("the client is closed", raised("socket", client, { loop = socket }))
  end)

  it("lets no job in a coroutine of the host's go on without it, and says so", function()
    local client = quick.client(fault)
    local loop = attach(client, { loop = socket })
    assert.matches("cannot wait in the main chunk while a loop adapter is attached",
      live.raised(client.sleep, client, 1))
    loop:stop()
    assert(client:sleep(0))
  end)

  it("drives the client, and select's other sockets stay what they are", function()
    local client = quick.client(fault)
    local heard = {}
    local loop = attach(client, { loop = socket, on_error = function(err)
      heard[#heard + 1] = err
    end })
    local listener = assert(socket.bind("127.0.0.1", 0))
    local _, port = listener:getsockname()
    local peer = assert(socket.connect("127.0.0.1", tonumber(port)))
    local readable = loop:select({ listener }, nil, 5)
    assert.same({ listener, [listener] = 1 }, readable)
    local result
    assert(coroutine.resume(coroutine.create(function()
      result = client:generate("m", { prompt = "p" })
    end)))
    client:spawn(error, "of a job", 0)
    while not result do
      loop:select(nil, nil, 5)
    end
    assert.equal("task_1", result.task_id)
    assert.same({ "of a job" }, heard)
    listener:close()
    peer:close()
  end)

  it("outlives an on_error that raises", function()
    local client = quick.client(fault)
    local calls = 0
    local loop = attach(client, { loop = socket, on_error = function()
      calls = calls + 1
      error "again"
    end })
    local stderr, said = io.stderr, {}
    io.stderr = { write = function(_, ...) -- luacheck: ignore 122
      said[#said + 1] = table.concat({ ... })
    end }
    client:spawn(error, "first")
    client:spawn(error, "second")
    local ok, is_open = pcall(loop.turn, loop)
    io.stderr = stderr -- luacheck: ignore 122
    assert.is_true(ok and is_open)
    assert.equal(2, calls)
    assert.equal(2, #said)
    assert.matches("^liangxin: on_error raised: .*again\n$", said[1])
  end)

  it("ends with the client, in any order", function()
    for _, order in ipairs({ "stop close", "close stop", "stop stop close close" }) do
      local client = quick.client(fault)
      local loop = attach(client, { loop = socket })
      local err
      client:spawn(function()
        err = select(2, client:sleep(60))
      end)
      for word in order:gmatch("%a+") do
        if word == "stop" then
          loop:stop()
        else
          client:close()
        end
        assert.is_false(loop:is_running())
        assert.is_nil(client.park)
      end
      assert.equal("closed", err.kind)
      assert.is_false(loop:turn())
      assert.same({}, (loop:select(nil, nil, 0)))
    end
  end)
end)
