-- The fault server itself, over raw sockets: the well-behaved service, what it
-- records and bills, and which rule takes which request.
-- Its files, faults and answers have specs of their own.

local fault_client = require("spec.support.fault_client")
local json = require("spec.support.fault.json")
local raw_http = require("spec.support.raw_http")

local CREATE = "/api/v1/jobs/createTask"
local QUERY = "/api/v1/jobs/recordInfo?taskId="
local BODY = '{"model":"z-image","input":{"prompt":"x"}}'

local fault

local function connect(url)
  return assert(raw_http.connect(url or fault.base_url))
end

local function ask(connection, method, target, body, headers)
  return assert(connection:ask(method, target, body, headers))
end

local function create(connection, body)
  local answer = ask(connection, "POST", CREATE, body or BODY)
  return answer, json.decode(answer.body)
end

local function query(connection, id)
  return json.decode(ask(connection, "GET", QUERY .. id).body)
end

describe("the fault server", function()
  fault = fault_client.serve()

  describe("as a well-behaved service", function()
    it("creates a task, bills it, and ends it after its polls", function()
      local connection = connect()
      local answer, value = create(connection)
      assert.equal(200, answer.status)
      assert.truthy(answer.headers["x-oneapi-request-id"])
      assert.equal("task_1", value.data.taskId)
      fault:task("task_1", { polls_until_success = 2, files = 2 })
      assert.equal("waiting", query(connection, "task_1").data.state)
      assert.equal("queuing", query(connection, "task_1").data.state)
      local data = query(connection, "task_1").data
      assert.equal("success", data.state)
      assert.equal(BODY, data.param)
      assert.same({ resultUrls = {
        fault.base_url .. "/files/task_1-1.png",
        fault.base_url .. "/files/task_1-2.png",
      } }, json.decode(data.resultJson))
      assert.equal(1, fault:billed())
      connection:close()
    end)

    it("lets tasks fail, hide and point elsewhere", function()
      fault:service({ polls_until_success = 0 })
      fault:make_task("a", { outcome = "fail", fail_code = "501" })
      fault:make_task("b", { invisible_polls = 1, files_on = "other" })
      fault:make_task("c d", { urls = { "http://x/1" } })
      local connection = connect()
      assert.equal("501", query(connection, "a").data.failCode)
      assert.equal(422, query(connection, "b").code)
      assert.equal('{"resultUrls":["http://x/1"]}',
        (query(connection, "c%20d").data.resultJson:gsub("\\", "")))
      local result = json.decode(query(connection, "b").data.resultJson)
      assert.equal(fault.other_url .. "/files/b-1.png", result.resultUrls[1])
      assert.equal(422, query(connection, "nobody").code)
      assert.equal(0, fault:billed())
      connection:close()
    end)

    it("refuses what is wrong and bills none of it", function()
      fault:service({ api_key = "k" })
      local connection = connect()
      local good = { "Authorization: Bearer k" }
      local cases = {
        { 401, "POST", CREATE, BODY },
        { 401, "POST", CREATE, BODY, { "Authorization: Bearer z" } },
        { 401, "GET", QUERY .. "a" },
        { 400, "POST", CREATE, '{"model":"z-image","input":[]}', good },
        { 400, "POST", CREATE, '{"input":{}}', good },
        { 400, "POST", CREATE, "{", good },
        { 404, "GET", CREATE },
        { 404, "GET", "/nothing" },
      }
      for _, case in ipairs(cases) do
        local answer = ask(connection, case[2], case[3], case[4], case[5])
        assert.equal(case[1], answer.status)
      end
      assert.equal(0, fault:billed())
      assert.equal(200, ask(connection, "POST", "/prefix" .. CREATE, BODY,
        good).status)
      assert.equal(1, fault:billed())
      connection:close()
    end)
  end)

  describe("as a witness", function()
    it("keeps headers, order, case and raw bodies", function()
      local connection = connect()
      local body = BODY:sub(1, -2) .. ',"raw":"\0\255\226\130\172"}'
      ask(connection, "POST", CREATE .. "?a=b", body,
        { "X-B: 2", "x-a:   1  ", "X-B: 3" })
      local request = fault:requests()[1]
      assert.equal("create", request.kind)
      assert.equal(CREATE .. "?a=b", request.target)
      assert.equal("1.1", request.version)
      assert.same({
        { "Host", "127.0.0.1" }, { "X-B", "2" }, { "x-a", "1" },
        { "X-B", "3" }, { "Content-Length", tostring(#body) },
      }, request.headers)
      assert.equal("2", fault_client.header(request, "x-b"))
      assert.equal(body, request.body)
      assert.is_true(request.body_complete)
      assert.is_true(request.ended >= request.began)
      connection:close()
    end)

    it("puts chunked bodies together", function()
      local connection = connect()
      connection:send("POST " .. CREATE .. " HTTP/1.1\r\n"
        .. "Transfer-Encoding: chunked\r\n\r\n")
      for i = 1, #BODY do
        connection:send("1;x=y\r\n" .. BODY:sub(i, i) .. "\r\n")
      end
      connection:send("0\r\nTrailer: x\r\n\r\n")
      assert.equal(200, connection:answer().status)
      assert.equal(BODY, fault:requests()[1].body)
      connection:close()
    end)

    it("tells fresh from reused connections", function()
      local first, second = connect(), connect()
      create(first)
      create(second)
      query(first, "task_1")
      local seen = {}
      for i, request in ipairs(fault:requests()) do
        seen[i] = request.conn .. "." .. request.index
      end
      assert.same({ "1.1", "2.1", "1.2" }, seen)
      assert.equal(2, fault:max_open())
      first:close()
      second:close()
      assert(fault:await("open_connections", { at_most = 0 }))
      assert.equal(2, fault:connections()[1].requests)
      assert.equal("peer gone", fault:connections()[1].ended)
    end)

    it("serves many connections at once", function()
      fault:rule({ act = "hang", times = "always" })
      local all = {}
      for i = 1, 200 do
        all[i] = connect()
        all[i]:request("POST", CREATE, BODY)
      end
      assert.equal(200, fault:await("hanging", { at_least = 200 }))
      assert.equal(200, fault:billed())
      assert.equal(200, fault:open_connections())
      assert.equal(200, fault:release())
      for i = 1, 200 do
        assert.equal(200, all[i]:answer().status)
        all[i]:close()
      end
      assert.equal(200, fault:max_open())
    end)

    it("records a request that broke off, and does not bill it", function()
      local connection = connect()
      connection:send("POST " .. CREATE .. " HTTP/1.1\r\n"
        .. "Content-Length: 100\r\n\r\n{\"model\"")
      connection:close()
      assert(fault:await("done", { at_least = 1 }))
      local request = fault:requests({ kind = "create" })[1]
      assert.equal("peer gone", request.done)
      assert.equal(8, request.body_bytes)
      assert.is_false(request.body_complete)
      assert.equal(0, fault:billed())
    end)

    it("refuses what is not HTTP", function()
      local connection = connect()
      connection:send("hello\r\n\r\n")
      assert.equal(400, connection:answer().status)
      assert.equal("fin", connection:ending())
      connection:close()
    end)
  end)

  describe("with rules", function()
    local function status(connection, method, target, body)
      return ask(connection, method, target, body).status
    end

    it("takes them in order, each as often as it says", function()
      fault:rule({ on = "create", times = 2, status = 429 })
      fault:rule({ on = "create", status = 503 })
      local connection = connect()
      local seen = {}
      for i = 1, 4 do
        seen[i] = create(connection).status
      end
      assert.same({ 429, 429, 503, 200 }, seen)
      local rules = fault:rules()
      assert.equal(2, rules[1].used)
      assert.equal(0, rules[2].left)
      assert.equal(1, fault:billed())
      connection:close()
    end)

    it("matches each field", function()
      fault:make_task("a")
      fault:rule({ on = "query", task = "a", times = "always", status = 500 })
      fault:rule({ path = "/x", times = "always", status = 501 })
      fault:rule({ method = "PUT", times = "always", status = 502 })
      fault:rule({ listener = "other", times = "always", status = 503 })
      fault:rule({ only_on = "reused", on = "create", status = 504 })
      local connection = connect()
      assert.equal(200, status(connection, "GET", QUERY .. "b"))
      assert.equal(500, status(connection, "GET", QUERY .. "a"))
      assert.equal(501, status(connection, "GET", "/xyz"))
      assert.equal(502, status(connection, "PUT", "/y"))
      assert.equal(503, status(connect(fault.other_url), "GET", "/y"))
      assert.equal(200, status(connect(), "POST", CREATE, BODY))
      assert.equal(504, status(connection, "POST", CREATE, BODY))
      fault:clear_rules()
      assert.equal(200, status(connection, "GET", QUERY .. "a"))
      connection:close()
    end)

    it("raises at the caller for a mistake in one", function()
      local mistakes = {
        { { on = "creat" }, "on is one of any, create" },
        { { bogus = 1 }, "without a field bogus" },
        { { times = 0 }, "times" },
        { { when = "accept", act = "reset", on = "create" }, "after_headers" },
        { { act = "reset", when = "after_answer_bytes" }, "needs bytes" },
        { { when = "after_read" }, "takes no when" },
        { { drip = { bytes = 0, every_s = 1 } }, "drip needs" },
        { { headers = { "x" } }, "headers" },
        { { chunked = { fault = "?" } }, "chunked is a table whose fault" },
        { { script = { outcome = "?" } }, "script is a table whose outcome" },
      }
      for _, mistake in ipairs(mistakes) do
        local ok, problem = pcall(function()
          fault:rule(mistake[1])
        end)
        assert.is_false(ok)
        assert.truthy(problem:find(mistake[2], 1, true), problem)
        assert.truthy(problem:find("fault_server_spec", 1, true), problem)
      end
      assert.has_error(function() fault:service({ x = 1 }) end)
      assert.has_error(function() fault:file("a", { x = 1 }) end)
      assert.has_error(function() fault:task("a", { x = 1 }) end)
      assert.has_error(function() fault:await("x", { at_least = 1 }) end)
    end)

    it("bills by default what the service accepted", function()
      local cases = {
        { true, {} },
        { true, { status = 201 } },
        { true, { act = "reset" } },
        { true, { act = "close" } },
        { true, { cut_after = 5 } },
        { true, { act = "close", when = "after_answer_bytes", bytes = 0 } },
        { true, { body = fault_client.wire("t01.json") } },
        { true, { body = fault_client.wire("t26_1.json") } },
        { true, { body = fault_client.wire("t26_4.json") } },
        { true, { body = fault_client.wire("t27.txt") } },
        { false, { body = fault_client.wire("t19.json") } },
        { false, { body = fault_client.wire("t25.html") } },
        { false, { status = 400 } },
        { false, { status = 500 } },
        { false, { redirect = "other" } },
        { false, { act = "reset", when = "after_headers" } },
        { false, { act = "close", when = "before_read" } },
        { true, { status = 502, billed = true } },
        { true, { act = "reset", when = "after_headers", billed = true } },
        { false, { act = "reset", billed = false } },
        { false, { billed = false } },
      }
      for n, case in ipairs(cases) do
        fault:reset()
        fault:rule(case[2])
        local connection = connect()
        connection:request("POST", CREATE, BODY)
        connection:answer()
        assert(fault:await("done", { at_least = 1 }))
        local where = "case " .. n
        assert.equal(case[1], fault:requests()[1].billed, where)
        assert.equal(case[1] and 1 or 0, fault:billed(), where)
        connection:close()
      end
    end)

    it("knows the task whose answer was lost or scripted", function()
      fault:rule({ act = "reset", script = { polls_until_success = 0 } })
      fault:rule({ on = "create", body = fault_client.wire("t01.json") })
      connect():request("POST", CREATE, BODY)
      assert(fault:await("done", { at_least = 1 }))
      assert.equal("task_1", fault:requests()[1].task)
      local connection = connect()
      assert.equal("success", query(connection, "task_1").data.state)
      local _, value = create(connection)
      assert.equal("waiting", query(connection, value.data.taskId).data.state)
      connection:close()
    end)
  end)
end)
