-- The account behind the key: what models cost, what was spent, and what the
-- gateway's pages say about it. A credit is what the gateway's prices call 1.

local answers = require("liangxin.sandbox.answers")
local json = require("liangxin.sandbox.json")
local models = require("liangxin.models")

local account = {}

-- Credits for each result where the option `prices` says nothing.
local PRICES = { image = 8.5, video = 120 }

-- new-api counts in these.
local QUOTA_PER_CREDIT = 500000

local Account = {}
Account.__index = Account

---@param prices? number|table<string, number> credits, by model
---@param balance? number credits; without: no limit
function account.new(prices, balance)
  local all = type(prices) == "number" and prices or nil
  return setmetatable({
    price_of_all = all,
    prices = not all and prices or {},
    balance = balance,
    spent = 0,
  }, Account)
end

function Account:reset()
  self.spent = 0
end

---@param model string
---@return number credits
function Account:price(model)
  return self.prices[model]
    or self.price_of_all
    or PRICES[models.is_video(model) and "video" or "image"]
end

---Pays for a task, or gives the refusal. A task that fails later costs, too:
---whether the service gives such credits back is not known.
function Account:pay(price, request)
  if self.balance and self.spent + price > self.balance then
    return answers.platform(
      403,
      "用户额度不足, 剩余额度: ＄" .. answers.number(self.balance - self.spent, 6),
      "insufficient_user_quota",
      request.id
    )
  end
  self.spent = self.spent + price
  return nil
end

local function quota(credits)
  return ("%.0f"):format(credits * QUOTA_PER_CREDIT)
end

---GET /api/usage/token/
function account.usage(service)
  local self = service.account
  local granted = self.balance or self.spent
  return answers.json(
    200,
    ('{"code":true,"message":"ok","data":{"object":"token_usage",'
      .. '"name":"sandbox","total_granted":%s,"total_used":%s,'
      .. '"total_available":%s,"unlimited_quota":%s,"model_limits":{},'
      .. '"model_limits_enabled":false,"expires_at":0}}'):format(
      quota(granted),
      quota(self.spent),
      quota(granted - self.spent),
      tostring(not self.balance)
    )
  )
end

local function each_model(template, fill)
  local items = {}
  for i, row in ipairs(models.list()) do
    items[i] = template:format(fill(row))
  end
  return table.concat(items, ",")
end

---GET /v1/models
function account.models()
  local items = each_model(
    '{"id":%s,"object":"model","created":1626777600,"owned_by":"custom",'
      .. '"supported_endpoint_types":[]}',
    function(row)
      return json.encode(row.id)
    end
  )
  return answers.json(
    200,
    ('{"data":[%s],"object":"list","success":true}'):format(items)
  )
end

---GET /api/pricing
function account.pricing(service)
  local items = each_model(
    '{"model_name":%s,"quota_type":1,"model_ratio":0,"model_price":%s,'
      .. '"owner_by":"","completion_ratio":0,"enable_groups":["default"],'
      .. '"supported_endpoint_types":[]}',
    function(row)
      return json.encode(row.id), answers.number(service.account:price(row.id))
    end
  )
  return answers.json(
    200,
    ('{"success":true,"data":[%s],"vendors":[],"group_ratio":{"default":1},'
      .. '"usable_group":{"default":"default"},"auto_groups":[]}'):format(items)
  )
end

---GET /api/status
function account.status()
  return answers.json(
    200,
    ('{"success":true,"message":"","data":{"version":"sandbox",'
      .. '"system_name":"LiangXin sandbox","quota_per_unit":%d,'
      .. '"quota_display_type":"USD"}}'):format(QUOTA_PER_CREDIT)
  )
end

return account
