-- Answers that are not exactly as expected: what was paid for is not thrown away,
-- nothing is sent twice, and what cannot be read can be seen.

local fault_client = require("spec.support.fault_client")
local json = require("spec.support.fault.json")
local quick = require("spec.support.quick")

local PROMPT = "a quiet harbour before the storm"

local fault

-- Creates are answered so; the task `id` is there, and is done when asked for.
local function answer(rule, id)
  if id then
    fault:make_task(id, { polls_until_success = 0 })
  end
  rule.on, rule.times = "create", "always"
  rule.billed = true
  fault:rule(rule)
end

local function create(opts, options)
  return quick.client(fault, options):create({ model = "z-image", input = { prompt = PROMPT } },
    opts or { watch = false })
end

local function sent(creates)
  local counts = quick.counts(fault)
  assert.same({ creates, creates }, { counts.creates, counts.billed })
end

describe("an accepting answer that is damaged", function()
  fault = fault_client.serve()

  after_each(quick.close)

  local ID = "task_z_image_17"
  local GOOD = '{"code":200,"msg":"success","data":{"taskId":"task_z_image_17"}}'

  local TAKEN = {
    ["a byte order mark"] = { body = "\239\187\191" .. GOOD },
    ["NaN beside the id"] = { body = '{"cost":NaN,"data":{"taskId":"task_z_image_17"}}' },
    ["a raw newline"] = { body = '{"msg":"a\nb","data":{"taskId":"task_z_image_17"}}' },
    ["UTF-16"] = { body = "\254\255" .. GOOD:gsub(".", "\0%0") },
    ["UTF-16 without a mark"] = { body = GOOD:gsub(".", "%0\0") },
    ["GBK"] = { body = '{"msg":"\179\201\185\166","data":{"taskId":"task_z_image_17"}}' },
    ["the last bracket missing"] = { body = GOOD:sub(1, -2) },
    ["a comma too many"] = { body = '{"data":{"taskId":"task_z_image_17",},}' },
    ["a comment"] = { body = '{"data":/* new */{"taskId":"task_z_image_17"}} // end' },
    ["garbage behind it"] = { body = GOOD .. "<!-- served by edge 3 -->" },
    ["twice"] = { body = GOOD .. GOOD },
    ["a reset behind it"] = { body = GOOD .. (" "):rep(400), cut_after = #GOOD, cut = "reset" },
    ["too few bytes"] = { body = GOOD, content_length = #GOOD + 100 },
    ["cut off behind the id"] = {
      body = '{"data":{"taskId":"task_z_image_17","note":"' .. ("x"):rep(400) .. '"}}', cut_after = 60,
    },
    ["a checksum that does not fit"] = { body = GOOD, gzip = { bad_crc = true } },
    ["the last chunk missing"] = {
      body = GOOD .. (" "):rep(40), chunked = { size = #GOOD, fault = "no_end" },
    },
    ["at the top"] = { body = '{"code":200,"taskId":"task_z_image_17"}' },
    ["the data itself"] = { body = '{"code":200,"data":"task_z_image_17"}' },
    ["in a list"] = { body = '{"code":200,"data":[{"taskId":"task_z_image_17"}]}' },
    ["an envelope inside"] = { body = '{"code":200,"data":' .. GOOD .. "}" },
    ["in the data as a text"] = { body = [[{"code":200,"data":"{\"taskId\":\"task_z_image_17\"}"}]] },
    ["all of it as a text"] = { body = json.encode(GOOD) },
    ["beside a second data"] = { body = '{"data":{"taskId":"task_z_image_17"},"data":null}' },
    ["a code in words"] = { body = '{"code":"OK","data":{"taskId":"task_z_image_17"}}' },
    ["a warning before it"] = { body = "<br />\n<b>Deprecated</b>: f() in {x} on line 3\n" .. GOOD },
    ["a guard before it"] = { body = ")]}',\n" .. GOOD },
    ["a callback around it"] = { body = "callback(" .. GOOD .. ");" },
    ["an event stream"] = { body = "data: " .. GOOD .. "\n\n", content_type = "text/event-stream" },
    ["words of another language"] = { body = "{'code': 200, 'data': {'taskId': 'task_z_image_17', 'x': None}}" },
    ["undefined beside it"] = { body = '{"cost":undefined,"data":{"taskId":"task_z_image_17"}}' },
    ["too deep beside it"] = {
      body = '{"x":' .. ("["):rep(500) .. ("]"):rep(500) .. ',"data":{"taskId":"task_z_image_17"}}',
    },
  }

  for name, rule in pairs(TAKEN) do
    it("gives its id, and the task its result: " .. name, function()
      answer(rule, ID)
      local task = assert(create())
      assert.equal(ID, task.id)
      assert.equal(1, #assert(task:wait(10)).urls)
      sent(1)
    end)
  end

  for _, coding in ipairs { "gzip", "br", "utf-8" } do
    it("is read, and so are the records, where all only claim to be packed: " .. coding, function()
      local headers = { { "Content-Encoding", coding } }
      fault:rule({ on = "query", status = 200, headers = headers, times = "always" })
      answer({ body = GOOD, headers = headers }, ID)
      local task = assert(create())
      assert.equal(ID, task.id)
      assert.equal(1, #assert(task:wait(10)).urls)
      sent(1)
    end)
  end

  it("is read where a node packs what another only claims to", function()
    fault:rule({ on = "query", status = 200, headers = { { "Content-Encoding", "gzip" } } })
    fault:rule({ on = "query", status = 200, gzip = true })
    answer({ body = GOOD, gzip = true }, ID)
    fault:task(ID, { polls_until_success = 2 })
    assert.equal(1, #assert(assert(create()):wait(10)).urls)
    sent(1)
  end)

  it("gives its id where the rest never comes", function()
    answer({ body = GOOD .. (" "):rep(400), drip = { bytes = 200, every_s = 30 } }, ID)
    local task = assert(create(nil, { timeout = 2 }))
    assert.equal(ID, task.id)
    sent(1)
  end)

  it("gives an id that is a number", function()
    answer({ body = '{"code":200,"data":{"taskId":1765166238716}}' }, "1765166238716")
    local task = assert(create())
    assert.equal("1765166238716", task.id)
    assert.equal(1, #assert(task:wait(10)).urls)
    sent(1)
  end)

  local LOST = {
    ["half an id"] = { body = '{"code":200,"data":{"taskId":"task_z_im', shown = "task_z_im" },
    ["half a number"] = { body = '{"code":200,"data":{"taskId":17651', shown = "17651" },
    ["one of two"] = { body = GOOD .. '{"data":{"taskId":"task_z_image_18"}}', shown = "task_z_image_17" },
    ["two data"] = {
      body = '{"data":{"taskId":"task_z_image_17"},"data":{"taskId":"task_18"}}', shown = "task_18",
    },
    ["one of two that nobody can read"] = {
      body = '{"x":undefined,"taskId":"task_1","data":{"taskId":"task_2"}}', shown = "task_2",
    },
    ["two in a list"] = { body = '{"data":[{"taskId":"task_1"},{"taskId":"task_2"}]}', shown = "task_2" },
    ["one of another task, which the request named"] = {
      body = '{"code":200,"data":{"input":{"taskId":"task_9"}}}', shown = "taskId",
    },
    ["two at once"] = { body = '{"taskId":"task_1","data":{"taskId":"task_2"}}', shown = "task_2" },
    ["an id that is not UTF-8"] = { body = '{"data":{"taskId":"task_\179\201"}}', shown = "task_" },
    ["an id of blanks"] = { body = '{"code":200,"data":{"taskId":"  "}}', shown = '"  "' },
    ["an id by another name"] = { body = '{"code":200,"data":{"id":"task_no2"}}', shown = "task_no2" },
  }

  for name, case in pairs(LOST) do
    it("is never guessed at, and can be seen: " .. name, function()
      answer({ body = case.body })
      local task, err = create()
      assert.is_nil(task)
      assert.same({ "bad_response", "maybe", false }, { err.kind, err.charged, err.retryable })
      assert.truthy(err.message:find(case.shown, 1, true), err.message)
      assert.truthy(err:report():find(case.shown, 1, true), err:report())
      assert.equal(0, quick.counts(fault).queries)
      sent(1)
    end)
  end

  it("that was cut in the middle of the id is lost, and can be seen", function()
    answer({ body = GOOD, cut_after = #GOOD - 8, cut = "reset" })
    local task, err = create()
    assert.is_nil(task)
    assert.same({ "outcome_unknown", "maybe", false }, { err.kind, err.charged, err.retryable })
    assert.equal(GOOD:sub(1, -9), err.record.body)
    assert.truthy(err.message:find('"taskId":"task_z_', 1, true), err.message)
    sent(1)
  end)

  for _, watch in ipairs { true, false } do
    it("and named what the service does not know is an unknown outcome, watch = " .. tostring(watch), function()
      answer({ body = GOOD:sub(1, -2) })
      local task = assert(create({ watch = watch, deadline = 2 }))
      local result, err = task:wait()
      assert.is_nil(result)
      assert.same({ "outcome_unknown", "maybe", false }, { err.kind, err.charged, err.retryable }, tostring(err))
      assert.equal(ID, err.task_id)
      assert.truthy(err.message:find("damaged", 1, true))
      sent(1)
    end)
  end

  it("is no doubt once the service knows the task", function()
    answer({ body = GOOD:sub(1, -2) }, ID)
    fault:rule({ on = "query", times = 1, body = '{"code":200,"data":{"taskId":"task_z_image_17","state":"waiting"}}' })
    fault:rule({ on = "query", times = "always", status = 404, body = '{"code":404,"msg":"Task not found"}' })
    local task = assert(create({ deadline = 2 }))
    local _, err = task:wait()
    assert.equal("deadline", err.kind, tostring(err))
  end)

  for status, body in pairs {
    [429] = '{"code":429,"msg":"busy","data":{"taskId":"task_z_image_17"}}',
    [200] = '{"code":433,"msg":"busy","data":{"taskId":"task_z_image_17"}}',
  } do
    it("refuses and names a task: it is not sent again, HTTP " .. status, function()
      answer({ status = status, body = body })
      local task, err = create()
      assert.is_nil(task)
      assert.same({ "outcome_unknown", "maybe", false }, { err.kind, err.charged, err.retryable })
      assert.truthy(err.message:find("task_z_image_17", 1, true))
      assert.equal(1, quick.counts(fault).creates)
    end)
  end

  it("shows no prompt, however it comes back", function()
    answer({ body = ('{"code":200,"data":{"prompt":"%s","note":"%s","id":1}}'):format(PROMPT, PROMPT) })
    local _, err = create()
    assert.is_nil(quick.shown(err):find("quiet harbour", 1, true), quick.shown(err))
  end)
end)

describe("a record that is damaged", function()
  fault = fault_client.serve()

  local function ask(body)
    fault:rule({ on = "query", times = "always", body = body })
    return quick.client(fault):query("task_1")
  end

  after_each(quick.close)

  it("is read as what was made of it", function()
    local record = assert(ask('\239\187\191{"code":200,"msg":"\179\201","data":{"state":"waiting","n":Infinity,},} x'))
    assert.equal("waiting", record.state)
    assert.is_true(record.is_mended)
    assert.equal('{"code":200,"msg":"\239\191\189\239\191\189","data":{"state":"waiting","n":null}} ', record.body)
    assert.equal("waiting", record.data.state)
  end)

  it("is read behind a warning, and out of a text", function()
    local good = '{"code":200,"data":{"state":"waiting"}}'
    assert.equal("waiting", assert(ask("Warning: f() in {x}\n" .. good)).state)
    fault:clear_rules()
    assert.equal("waiting", assert(ask(json.encode(good))).state)
  end)

  it("that cannot be read is kept to its last byte, without the key", function()
    local _, err = ask("\31\139\8\0\0 quick-test-key \0 end")
    assert.equal("\31\139\8\0\0 *** \0 end", err.record.body)
  end)

  it("has words that a NUL does not cut, and URLs without stray white space", function()
    local record = assert(ask([[{"code":200,"data":{"state":"fail","failMsg":"a\u0000b"}}]]))
    assert.equal("a b", record.fail_msg)
    fault:clear_rules()
    record = assert(ask([[{"code":200,"data":{"state":"success",]]
      .. [["resultJson":{"resultUrls":[" https://c.example/a.png\n"]}}}]]))
    assert.same({ "https://c.example/a.png" }, record.urls)
  end)

  for name, words in pairs { GBK = "\179\201\185\166\179\201", ["Latin-1"] = "caf\233" } do
    it("gives its URLs though words beside them are " .. name, function()
      local record = assert(ask(([[{"code":200,"data":{"taskId":"task_1","state":"success","resultJson":]]
        .. [["{\"note\":\"%s\",\"resultUrls\":[\"https://c.example/a.png\"]}"}}]]):format(words)))
      assert.same({ "https://c.example/a.png" }, record.urls)
    end)
  end

  local RECORD = '{"taskId":"task_1","state":"waiting","model":"m"}'
  for name, body in pairs {
    ["in a list"] = '{"code":200,"data":[' .. RECORD .. "]}",
    ["in a text"] = '{"code":200,"data":' .. json.encode(RECORD) .. "}",
    ["in an envelope inside"] = '{"code":200,"data":{"code":200,"msg":"ok","data":' .. RECORD .. "}}",
    ["without an envelope"] = RECORD,
  } do
    it("is found where it stands: " .. name, function()
      local record = assert(ask(body))
      assert.same({ "waiting", "m", "task_1", "waiting", true },
        { record.state, record.model, record.task_id, record.data.state, record.is_mended })
      assert.equal('{"code":200,"data":' .. RECORD .. "}", record.body)
    end)
  end

  it("is not one of several, nor what another service calls a state", function()
    for _, body in ipairs {
      '{"code":200,"data":[' .. RECORD .. "," .. RECORD .. "]}", '{"state":"up","version":1}', "[" .. RECORD .. ",1]",
      '{"code":500,"msg":"busy","data":[' .. RECORD .. "]}",
    } do
      fault:clear_rules()
      local record, err = ask(body)
      assert.is_nil(record)
      assert.truthy(err.record.body == body or err.kind == "server", tostring(err))
    end
  end)

  it("is read in UTF-16", function()
    local text = '{"code":200,"data":{"taskId":"task_1","state":"waiting"}}'
    local record = assert(ask("\255\254" .. text:gsub(".", "%0\0")))
    assert.same({ "waiting", text, true }, { record.data.state, record.body, record.is_mended })
  end)

  it("is not mended when it is strict", function()
    local record = assert(ask('{"code":200,"data":{"state":"waiting"}}'))
    assert.is_nil(record.is_mended)
  end)

  it("is asked for again when its end is missing", function()
    fault:make_task("task_1", { polls_until_success = 0 })
    fault:rule({ on = "query", body = '{"code":200,"data":{"taskId":"task_1","state":"success","resu' })
    local result = assert(quick.client(fault):task("task_1"):wait(10))
    assert.equal(1, #result.urls)
    assert.equal(2, quick.counts(fault).queries)
  end)

  it("has odd fields where they are plain", function()
    local record = assert(ask('{"code":"200","data":{"taskId":17,"state":"fail","failCode":501.0,'
      .. '"failMsg":{"reason":"nsfw","at":[1]},'
      .. '"createTime":"1777600000000","creditsConsumed":"12.5","progress":"45%"}}'))
    assert.same({ "17", "501", '{"reason":"nsfw","at":[1]}', 1777600000000, 12.5, 45 },
      { record.task_id, record.fail_code, record.fail_msg, record.created_ms, record.credits, record.progress })
  end)

  it("has the key nowhere, whatever the service repeats", function()
    local key = "sk-PRIVATE0123456789"
    fault:rule({ on = "query", times = "always", body = ('{"code":200,"msg":"%s","data":{"state":"fail","model":"%s",'
      .. '"failCode":"%s","failMsg":"%s is bad","param":"%s"}}'):format(key, key, key, key, key) })
    local client = quick.client(fault, { api_key = key })
    local record = assert(client:query("task_1"))
    local _, err = client:task("task_1"):wait()
    assert.equal("task_failed", err.kind)
    for _, shown in ipairs { record, err.record } do
      assert.equal("***", shown.model)
      assert.equal("*** is bad", shown.fail_msg)
      assert.equal("***", shown.data.param)
      for name, value in pairs(shown) do
        assert.is_nil(tostring(value):find("PRIVATE", 1, true), name)
      end
    end
    assert.is_nil(quick.shown(err):find("PRIVATE", 1, true))
  end)

  it("that cannot be read stands in the error's record", function()
    local record, err = ask("<html>maintenance</html>")
    assert.is_nil(record)
    assert.equal("<html>maintenance</html>", err.record.body)
  end)
end)
