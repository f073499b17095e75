-- err:report(), which people paste anywhere, and the service's words made safe to
-- show: what they keep and what they never hold.

local errors = require "liangxin.errors"
local report = require "liangxin.report"

local PROMPT = "a very private prompt, of some length"

describe("err:report()", function()
  local BODY = '{"model":"z-image","callBackUrl":"https://h.example/cb?liangxin_token=abcdef",'
    .. '"input":{"prompt":"' .. PROMPT .. '","negative_prompt":"also private","seed":7,'
    .. '"reference_images":["https://c.example/a.png?sig=SIGNED","data:image/png;base64,AAAA"],'
    .. '"multi_prompt":[{"prompt":"third private","duration":"5"}],'
    .. '"style":"' .. ("long words "):rep(10) .. '"}}'

  local function failed_with_record()
    local param = BODY:gsub('["\\]', "\\%0")
    local err = errors.adopt({
      kind = "task_failed", message = "the service says: " .. PROMPT .. " is not allowed",
      charged = "maybe", retryable = false, api_code = "501",
    }, nil, {
      task_id = "task_77", model = "z-image",
      body = '{"code":200,"data":{"taskId":"task_77","state":"fail","param":"' .. param
        .. '","resultJson":"{\\"resultUrls\\":[\\"https://r.example/x.png?token=TTT\\"]}"}}',
    })
    return errors.remember_request(err, BODY)
  end

  it("holds what support asks for", function()
    local text = failed_with_record():report()
    for _, part in ipairs {
      "kind: task_failed", "task id: task_77", "model: z-image", "API code: 501",
      "charged: maybe", '"seed":7', "h.example", "cb?...", "r.example", "x.png?...",
      "<" .. #PROMPT .. " bytes>",
    } do
      assert.truthy(text:gsub("\\", ""):find(part, 1, true), part)
    end
  end)

  it("holds no prompt, token or signature, wherever they were", function()
    local text = failed_with_record():report()
    for _, secret in ipairs {
      PROMPT, "also private", "third private", "abcdef", "SIGNED", "TTT", "AAAA", "long words long",
    } do
      assert.is_nil(text:find(secret, 1, true), secret)
    end
  end)

  it("works with nothing known", function()
    local text = errors.new("closed", "x"):report()
    assert.truthy(text:find("request: not kept", 1, true))
    assert.truthy(text:find("answer: none", 1, true))
  end)

  it("shows garbage by its length", function()
    local err = errors.adopt({ kind = "bad_response", message = "x" }, nil,
      { body = "<html>secret" })
    assert.truthy(err:report():find("answer: <12 bytes>", 1, true))
  end)

  it("keeps the request out of the error's fields", function()
    local err = failed_with_record()
    for _, value in pairs(err) do
      assert.is_false(type(value) == "string" and value:find("negative_prompt", 1, true) ~= nil)
    end
  end)
end)

describe("the service's words", function()
  it("lose the prompt of the request that they repeat", function()
    local body = '{"model":"z-image","input":{"prompt":"' .. PROMPT .. '"}}'
    assert.equal("not allowed: <removed>!", report.clean("not allowed: " .. PROMPT .. "!", body))
  end)

  it("lose the queries of URLs and what looks like a key", function()
    assert.equal("see https://r.example/x.png?*** of sk-***",
      report.clean("see https://r.example/x.png?token=TTT of sk-0123456789abcdef"))
  end)

  it("are the same when nothing in them is secret", function()
    assert.equal("task not found (50 % done)", report.clean("task not found (50 % done)", "no JSON"))
  end)
end)
