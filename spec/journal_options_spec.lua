-- The options of clients and calls that need a journal, checked where they are
-- given.

local folders = require "spec.support.folder"
local live = require "spec.support.live"
local liangxin = require "liangxin"

local BASE = { base_url = "http://127.0.0.1:9", api_key = "k" }

local function new(options)
  for name, value in pairs(BASE) do
    options[name] = value
  end
  return liangxin.new(options)
end

local function refuses(options, words)
  local raised = live.raised(new, options)
  assert.truthy(raised:find(words, 1, true), raised)
end

describe("a client with a journal", function()
  local folder, client

  before_each(function()
    folder = folders.new()
  end)

  after_each(function()
    if client then
      client:close()
    end
    client = nil
    folders.remove(folder)
  end)

  local function open(options)
    options = options or {}
    options.journal = folder .. "/studio.db"
    client = new(options)
    return client
  end

  local function call_refuses(opts, words)
    local raised = live.raised(client.generate, client, "z-image", { prompt = "x" }, opts)
    assert.truthy(raised:find(words, 1, true), raised)
  end

  it("makes no file before it is asked for anything", function()
    open()
    assert.equal("liangxin journal of http://127.0.0.1:9", tostring(client.journal))
    assert.same({}, folders.list(folder))
  end)

  it("has no client.journal without the option", function()
    client = new {}
    assert.is_nil(client.journal)
    for _, opts in ipairs { { key = "a" }, { reuse = true }, { batch = "b" }, { price = 1 }, { max_credits = 1 },
      { retry_failed = true }, { verify = true }, { priority = 1 } } do
      call_refuses(opts, ("option '%s' needs a journal: liangxin.new { journal = "):format(next(opts)))
    end
  end)

  it("takes a path or an address of PostgreSQL", function()
    refuses({ journal = 5 }, "option 'journal' must be a string, not number")
    refuses({ journal = "" }, "option 'journal' must not be empty")
    for _, start in ipairs({ "postgre://", "postgres:/", "Postgres://", "file:///" }) do
      refuses({ journal = start .. "me:secret@host/studio" }, ("begins with \"%s\": give a file, or postgres://")
        :format(start))
    end
    refuses({ journal = "a\nb" }, "option 'journal' must not hold control characters")
    if package.config:sub(1, 1) == "/" then -- else in the system's encoding
      refuses({ journal = "\255\254" }, "option 'journal' must be UTF-8")
    end
  end)

  it("counts credits only where they can be written down", function()
    refuses({ budget = { credits = 5 } }, "option 'budget' needs a journal")
    refuses({ prices = {} }, "option 'prices' needs a journal")
    local journal = folder .. "/studio.db"
    refuses({ journal = journal, budget = {} }, "budget: credits is missing")
    refuses({ journal = journal, budget = { credits = -1 } }, "'credits' must be from 0 to")
    refuses({ journal = journal, budget = { credits = 0 / 0 } }, "'credits' must be from 0 to")
    refuses({ journal = journal, budget = { credits = 1, per = "week" } }, "'per' must be 'day', 'total', not week")
    refuses({ journal = journal, budget = { credits = 1, pre = "day" } }, "did you mean 'per'?")
    refuses({ journal = journal, prices = { ["z-image"] = "4" } }, 'prices["z-image"] must be a number, not string')
    refuses({ journal = journal, prices = { 4 } }, "prices: a model must be a string, not number")
  end)

  it("checks what a call is for", function()
    open()
    call_refuses({ key = "" }, "option 'key' must not be empty")
    call_refuses({ key = ("k"):rep(513) }, "option 'key' must not be longer than 512 bytes")
    call_refuses({ key = "\255" }, "option 'key' must be UTF-8")
    call_refuses({ batch = "\255" }, "option 'batch' must be UTF-8")
    if package.config:sub(1, 1) == "/" then
      call_refuses({ save = "\255/" }, "option 'save' must be UTF-8")
    end
    call_refuses({ price = -0.001 }, "option 'price' must be from 0 to")
    call_refuses({ priority = 1.5 }, "option 'priority' must be a whole number")
    call_refuses({ reuse = "yes" }, "option 'reuse' must be a boolean")
    call_refuses({ kye = "a" }, "did you mean 'key'?")
  end)

  it("checks what the journal is asked", function()
    open()
    local journal = client.journal
    local function journal_refuses(words, method, ...)
      local raised = live.raised(journal[method], journal, ...)
      assert.truthy(raised:find(words, 1, true), raised)
      assert.truthy(raised:find("live.lua:", 1, true), raised)
    end
    journal_refuses("unknown option 'stat'; did you mean 'state'?", "entries", { stat = "saved" })
    journal_refuses("'lost' is no state of an entry", "entries", { state = "lost" })
    journal_refuses("'state' must be a state or a list of them", "entries", { state = 5 })
    journal_refuses("'by' must be 'model', 'batch', 'day', not week", "spend", { by = "week" })
    journal_refuses("must be an entry or a filter", "resolve", "a", "nothing")
    journal_refuses('the outcome ("nothing", "charged"', "resolve", { key = "a" })
    journal_refuses("a task's id is for one entry", "resolve", { batch = "a" }, "task-1")
    journal_refuses("must be an entry or a filter", "cancel")
    journal_refuses("'before' is missing", "prune")
    journal_refuses("the path must be a string", "export")
  end)
end)
