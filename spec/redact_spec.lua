-- What is private in requests and answers, and the words from which it is taken;
-- more in report_spec.lua, which shows it as people see it.

local json = require "liangxin.json"
local redact = require "liangxin.redact"

local function line(kind, value)
  return json.decode(redact[kind](json.encode(value), redact.new_secrets()))
end

describe("redacted", function()
  it("prompts are their length, by any of their names and in lists", function()
    local input = line("request", {
      input = {
        prompt = "four", negative_prompt = "five5", prompts = { "a", "bb" }, text = "x",
        multi_prompt = { { prompt = "abc", duration = "5" } },
      },
    }).input
    assert.same({
      prompt = "<4 bytes>", negative_prompt = "<5 bytes>", prompts = { "<1 bytes>", "<2 bytes>" }, text = "<1 bytes>",
      multi_prompt = { { prompt = "<3 bytes>", duration = "5" } },
    }, input)
  end)

  it("parameters that only sound like one stay", function()
    local input = {
      enhance_prompt = "true", prompt_upsampling = "no", mood = "red", prompt_optimizer = "on", promptStrength = "0.75",
    }
    assert.same(input, line("request", { input = input }).input)
    assert.same({ prompt_2 = "<9 bytes>", promptEn = "<19 bytes>" },
      line("request", { input = { prompt_2 = "two words", promptEn = "supercalifragilisti" } }).input)
  end)

  it("URLs lose query and password, a callback's its path", function()
    local shown = line("request", {
      callBackUrl = "https://u:p@h.example/cb/TOKEN?x=1",
      input = { image = "https://u:p@c.example/a.png?sig=1", clip = "data:video/mp4;base64,AAAA" },
    })
    assert.same({
      callBackUrl = "https://h.example/...",
      input = { image = "https://c.example/a.png?...", clip = "<data URI of 26 bytes>" },
    }, shown)
  end)

  it("a callback's path goes wherever an answer echoes it, under any name", function()
    local secrets = redact.new_secrets()
    redact.request(json.encode { callBackUrl = "https://u:p@h.example/cb/TOKEN?x=1" }, secrets)
    local shown = redact.answer(json.encode {
      hook = "https://u:p@h.example/cb/TOKEN?x=1",
      note = json.encode { url = "https://h.example/cb/TOKEN" },
    }, secrets)
    assert.is_nil(shown:find("TOKEN", 1, true), shown)
    assert.equal("https://h.example/...?...", json.decode(shown).hook)
  end)

  it("a request that an answer echoes is treated the same", function()
    local shown = line("answer", {
      data = { param = json.encode { callBackUrl = "https://h.example/cb/TOKEN", input = { prompt = "a fox" } } },
    })
    local param = json.decode(shown.data.param)
    assert.same({ callBackUrl = "https://h.example/...", input = { prompt = "<5 bytes>" } }, param)
  end)

  it("words lose a prompt as often as it comes, and no part of other words", function()
    local secrets = redact.new_secrets()
    redact.request('{"input":{"prompt":"rust"}}', secrets)
    assert.equal("<removed>, trust, (<removed>) rusty", redact.words("rust, trust, (rust) rusty", secrets))
    secrets = redact.new_secrets()
    redact.request('{"input":{"prompt":"a 100% fox. (red) in the snow"}}', secrets)
    assert.equal("<removed>! <removed>!",
      redact.words("a 100% fox. (red) in the snow! a 100% fox. (red) in!", secrets))
  end)

  it("prompts of less than four bytes cannot be told from other words", function()
    local secrets = redact.new_secrets()
    redact.request('{"input":{"prompt":"is"}}', secrets)
    assert.equal("this is it", redact.words("this is it", secrets))
  end)

  it("what is no JSON is a request's length, and an answer's beginning", function()
    local secrets = redact.new_secrets()
    assert.equal("<4 bytes>", redact.request("oops", secrets))
    assert.equal("oops", redact.answer("oops", secrets))
    assert.equal(2048 + #" ...", #redact.answer(("x"):rep(5000), secrets))
  end)
end)
