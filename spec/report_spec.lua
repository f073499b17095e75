-- err:report(), which people paste anywhere, and the service's words made safe to
-- show: what they keep and what they never hold.

local core = require "liangxin.core"
local errors = require "liangxin.errors"
local fault_client = require "spec.support.fault_client"
local quick = require "spec.support.quick"
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
      "charged: maybe", '"seed":7', "https://h.example/...", "r.example", "x.png?...",
      "<" .. #PROMPT .. " bytes>",
    } do
      assert.truthy(text:gsub("\\", ""):find(part, 1, true), part)
    end
  end)

  describe("of a client", function()
    local fault = fault_client.serve()
    after_each(quick.close)

    -- What each way to fail must show.
    local function check(err)
      local text = err:report()
      assert.truthy(text:find("\nAPI: " .. fault.base_url .. "\n", 1, true), text)
      assert.truthy(text:find("\nlibrary: liangxin " .. core.version .. ", Lua", 1, true), text)
      local year, day = text:match("\ntime: (%d%d%d%d)%-%d%d%-(%d%d)T%d%d:%d%d:%d%dZ\n")
      assert.truthy(tonumber(year) >= 2024 and tonumber(day) >= 1, text)
    end

    it("has the time, the version and the API's origin, without the path of base_url", function()
      local client = quick.client(fault, { base_url = fault.base_url .. "/secret/prefix", deadline = 0.05 })
      local request = { model = "m", input = {} }
      check(select(2, client:query("none")))
      check(select(2, client:account()))
      check(select(2, client:task("none"):wait(0)))
      check(select(2, client:download(fault.refused_url .. "/a.png", "a.png")))
      check(select(2, client:download("nonsense", "a.png")))
      check(select(2, client:create({ model = "z-image", input = {} }, { validate = true })))
      client = quick.client(fault)
      fault:rule({ on = "create", status = 400, body = '{"code":400,"msg":"no"}' })
      check(select(2, client:create(request)))
      fault:service({ outcome = "fail" })
      check(select(2, client:generate("m", {})))
      fault:service({ outcome = "success", polls_until_success = 1000 })
      local task = assert(client:create(request))
      check(select(2, task:wait(0)))
      task:cancel()
      check(select(2, task:wait()))
    end)
  end)

  it("holds no prompt, token or signature, wherever they were", function()
    local text = failed_with_record():report()
    for _, secret in ipairs {
      PROMPT, "also private", "third private", "abcdef", "SIGNED", "TTT", "AAAA", "long words long",
    } do
      assert.is_nil(text:find(secret, 1, true), secret)
    end
  end)

  it("shows prompts where it is told to, and still no token or signature", function()
    local text = failed_with_record():report { prompts = true }
    for _, part in ipairs { PROMPT, "also private", "third private", "long words long" } do
      assert.truthy(text:find(part, 1, true), part)
    end
    for _, secret in ipairs { "abcdef", "SIGNED", "TTT", "AAAA" } do
      assert.is_nil(text:find(secret, 1, true), secret)
    end
    assert.has_error(function()
      failed_with_record():report { prompt = true }
    end)
  end)

  it("works with nothing known", function()
    local text = errors.new("closed", "x"):report()
    assert.truthy(text:find("request: not kept", 1, true))
    assert.truthy(text:find("answer: none", 1, true))
  end)

  local function answered(body, request)
    local err = errors.adopt({ kind = "bad_response", message = "x" }, nil, { body = body })
    return (request and errors.remember_request(err, request) or err):report()
  end

  it("shows an answer that nobody can read, without what is private", function()
    local text = answered("<html>busy, sk-0123456789 https://u:pw@h.example/a?b=c " .. PROMPT .. "\nend", BODY)
    assert.truthy(text:find("answer: <html>busy, sk-*** https://h.example/a?*** <removed> end", 1, true), text)
    text = answered('{"code":200,"data":{"taskId":"task_z_im')
    assert.truthy(text:find('answer: {"code":200,"data":{"taskId":"task_z_im', 1, true), text)
    text = answered('{"x":"' .. ("p "):rep(40) .. '","y":')
    assert.truthy(text:find('answer: {"x":"<80 bytes>","y":', 1, true), text)
  end)

  it("shows an answer that had to be mended", function()
    local text = answered('{"code":200,"data":{"id":"task_no2",},} x')
    assert.truthy(text:find('"id":"task_no2"', 1, true), text)
  end)

  it("shows of a callback URL its origin alone", function()
    local url = "https://user:pw@h.example:8443/hooks/PATHTOKEN/cb?x=QUERY"
    local body = '{"model":"m","input":{},"callBackUrl":"' .. url .. '"}'
    local err = errors.adopt({ kind = "server", message = "cannot call " .. url .. "&more", http_status = 500 })
    local text = errors.remember_request(err, body):report()
    assert.truthy(text:gsub("\\", ""):find('"callBackUrl":"https://h.example:8443/..."', 1, true), text)
    assert.truthy(text:find("cannot call https://h.example:8443/...", 1, true), text)
    for _, secret in ipairs { "user", "pw", "PATHTOKEN", "QUERY" } do
      assert.is_nil(text:find(secret, 1, true), text)
      assert.is_nil(err.message:find(secret, 1, true), err.message)
    end
  end)

  it("masks a key wherever the record has it", function()
    local err = errors.adopt({ kind = "task_failed", message = "x", fail_code = "sk-aaaa1111" }, nil,
      { model = "sk-bbbb2222", body = '{"data":{"note":"sk-cccc3333"}}' })
    local text = err:report()
    for _, secret in ipairs { "aaaa1111", "bbbb2222", "cccc3333" } do
      assert.is_nil(text:find(secret, 1, true), text)
    end
    assert.truthy(text:find("model: sk-***", 1, true))
  end)

  local function problem(input, message)
    local json = require "liangxin.json"
    local err = errors.new("invalid_request", message)
    return errors.remember_request(err, json.encode { model = "imagen4-ultra", input = input }):report()
  end

  it("keeps words that are a parameter's name or value", function()
    local message = 'input.enhance_prompt is "true" (string): it must be true or false'
    assert.truthy(problem({ prompt = "a fox", enhance_prompt = "true" }, message):find("message: " .. message, 1, true))
    assert.truthy(problem({ prompt = "true" }, message):find("message: " .. message, 1, true))
    message = "input.aspect_ratio must be one of 1:1, 16:9"
    for _, prompt in ipairs { "aspect_ratio", "16:9" } do
      assert.truthy(problem({ prompt = prompt }, message):find("message: " .. message, 1, true))
    end
    message = "input.mood is odd: moody"
    assert.truthy(problem({ prompt = "moody", mood = "moody" }, message):find("message: " .. message, 1, true))
  end)

  it("keeps its labels, whatever the prompt is", function()
    local text = problem({ prompt = "kind" }, "not that kind, kindly")
    assert.truthy(text:find("\nkind: invalid_request\n", 1, true), text)
    assert.truthy(text:find("\nmessage: not that <removed>, kindly\n", 1, true), text)
  end)

  it("removes a prompt also where it was cut", function()
    local text = problem({ prompt = PROMPT }, "refused: " .. PROMPT:sub(1, 20) .. "; try another")
    assert.truthy(text:find("message: refused: <removed>; try another", 1, true), text)
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
