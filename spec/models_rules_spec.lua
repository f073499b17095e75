-- Rules about parameters taken together.

local rules = require("liangxin.models.rules")
local null = require("liangxin").null

describe("the rule", function()
  local function case(rule, good, bad, words)
    it(rule.rule .. " says what it allows and what the input holds", function()
      for _, input in ipairs(good) do
        assert.is_nil((rules.broken(rule, input)))
      end
      local given, allowed = rules.broken(rule, bad)
      assert.equal(words[1], given)
      assert.equal(words[2], allowed)
      assert.equal(words[2], rules.text(rule))
    end)
  end

  case({ rule = "both_or_neither", params = { "width", "height" } },
    { {}, { width = 1, height = 1 }, { width = null } },
    { width = 1 }, { "height is missing", "give width and height together or not at all" })
  case({ rule = "one_of_required", params = { "prompt", "image" } },
    { { prompt = "p" }, { image = "i" } },
    { prompt = null }, { "none is given", "prompt or image is required" })
  case({ rule = "at_most", params = { "images", "image" }, count = 2 },
    { {}, { images = { 1, 2 } }, { images = { 1 }, image = "i" } },
    { images = { 1, 2 }, image = "i" }, { "there are 3", "images and image may hold at most 2 together" })
  case({ rule = "requires", params = { "sound", "voice" } },
    { {}, { sound = false }, { sound = true, voice = "v" } },
    { sound = true }, { "voice is missing", "sound needs voice" })
  case({ rule = "excludes", params = { "tail", "shots" } },
    { {}, { tail = "t" }, { tail = "t", shots = false } },
    { tail = "t", shots = true }, { "tail and shots are given", "tail and shots exclude each other" })
  case({ rule = "sum_at_most", params = { "shots" }, field = "duration", count = 15, unit = "s" },
    { {}, { shots = { { duration = 5 }, { duration = "10" } } }, { shots = "wrong" } },
    { shots = { { duration = 9 }, { duration = "7" } } },
    { "they add up to 16", "the duration values of shots may add up to at most 15 s" })
end)
