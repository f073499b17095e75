-- settings.lua: the options of clients and calls that need a journal: checked
-- here, and made into what the core opens and a create wishes.

local core = require "liangxin.core"
local download = require "liangxin.download"
local money = require "liangxin.journal.money"
local native = require "liangxin.native"
local usage = require "liangxin.usage"
local next = require("liangxin.walk").next
local pairs = require("liangxin.walk").pairs

local M = {}

local NAME_MAX = 256 -- bytes, of a batch or budget
local CREDITS = { "number", 0, money.CREDITS_MAX }

--- Rows of usage.check_options for create and generate. All but `save` need a
--- journal.
M.CREATE = {
  key = { "text", 512 },
  save = { "text", usage.PATH_MAX },
  batch = { "text", NAME_MAX },
  priority = { "integer", -1000000, 1000000 },
  reuse = { "boolean" },
  price = CREDITS,
  max_credits = CREDITS,
  retry_failed = { "boolean" },
  verify = { "boolean" },
}

local BUDGET = {
  credits = CREDITS,
  per = { "choice", "day", "total", default = "total" },
  name = { "text", NAME_MAX },
}

-- What the journal keeps as text is UTF-8 there.
local function check_utf8(value, what, option)
  if value ~= nil and not core.is_utf8(value) then
    usage.raise("%s: option '%s' must be UTF-8", what, option)
  end
end

local function check_budget(given)
  if given == nil then
    return nil
  end
  local budget = usage.check_options(given, BUDGET, "liangxin.new: budget")
  if budget.credits == nil then
    usage.raise("liangxin.new: budget: credits is missing: { credits = 100, per = \"day\" }")
  end
  check_utf8(budget.name, "liangxin.new: budget", "name")
  return budget
end

local function check_prices(given)
  local prices = {}
  for model, credits in pairs(given or {}) do
    usage.check_text(model, "liangxin.new: prices: a model", 256)
    prices[model] = usage.check_number(credits, ("liangxin.new: prices[%q]"):format(model), 0, money.CREDITS_MAX)
  end
  return prices
end

--- Check what liangxin.new was given for a journal; `options` is changed.
function M.check_client(options)
  if options.journal == nil then
    local name = options.budget and "budget" or options.prices and "prices"
    if name then
      usage.raise("liangxin.new: option '%s' needs a journal, where the credits are counted: "
        .. 'journal = "studio.db"', name)
    end
    return
  end
  options.budget = check_budget(options.budget)
  options.prices = check_prices(options.prices)
end

--- Check the options of a call, which `what` names: those to go on with, with
--- an absolute target.
function M.check_call(client, opts, what)
  if not client._options.journal then
    for name in next, opts do
      if M.CREATE[name] and name ~= "save" then
        usage.raise("%s: option '%s' needs a journal: liangxin.new { journal = \"studio.db\" }", what, name)
      end
    end
  else
    check_utf8(opts.key, what, "key")
    check_utf8(opts.batch, what, "batch")
  end
  if opts.save then
    opts.save = M.absolute(opts.save, what .. ": option 'save'")
  end
  return opts
end

--- Such a path, as M.absolute gives it; nil where there is none that the journal
--- could keep.
function M.find_place(target)
  local path = core.absolute(download.expand(target))
  return path and core.is_utf8(path) and path or nil
end

--- A folder or path that stays the same wherever the program goes.
function M.absolute(target, what)
  local path = core.absolute(download.expand(target))
  if not path then
    usage.raise("%s cannot be made absolute: it is too long, or the current folder is gone", what)
  elseif not core.is_utf8(path) then
    usage.raise("%s must be UTF-8", what)
  end
  return path
end

--- Whether a journal's place is an address and no file; a letter before the colon
--- is a drive of Windows.
function M.is_address(place)
  return place:find("^%a[%w+.-]+:/") ~= nil
end

-- The module of a store, by how its place begins. A misspelt address would be a file
-- of this machine, which knows neither the keys nor the ceilings of the fleet.
local function store_for(place)
  if place:find("^postgres://") or place:find("^postgresql://") then
    return "liangxin.store.postgres", place
  elseif M.is_address(place) then
    usage.raise("liangxin.new: option 'journal' begins with \"%s\": give a file, or postgres://user@host/database",
      place:match("^[^/]+/+"))
  end
  return "liangxin.store.sqlite", M.absolute(place, "liangxin.new: option 'journal'")
end

--- What the core opens: its store and place, and the origin of the entries; nil
--- without a journal.
function M.place(options)
  if not options.journal then
    return nil
  end
  local module, place = store_for(options.journal)
  local ok, store = pcall(native.load, module)
  if not ok then
    usage.raise("liangxin.new: option 'journal': " .. store)
  end
  return store.store, place, M.origin(options)
end

--- Whose entries and budgets they are.
function M.origin(options)
  return ("%s://%s:%d"):format(core.parse_url(options.base_url))
end

return M
