-- The task layer's two routes: createTask and recordInfo. The key has been
-- checked before. Every function returns status, headers, body.

local answers = require("liangxin.sandbox.answers")
local faults = require("liangxin.sandbox.faults")
local json = require("liangxin.sandbox.json")
local models = require("liangxin.models")
local random = require("liangxin.sandbox.random")
local record = require("liangxin.sandbox.record")
local references = require("liangxin.sandbox.references")

local jobs = {}

local TASK_ID_MAX = 256

-- Prompts whose turn of refusals is remembered; beyond, all turns start anew.
local REFUSALS_MAX = 10000

-- The faults of one prompt: those tagged in it, and the sandbox's own.
local function faults_for(prompt, own)
  local found = {}
  for _, fault in ipairs(faults) do
    if
      fault.word == own
      or prompt:find("[" .. fault.word .. "]", 1, true)
    then
      found[#found + 1] = fault
    end
  end
  return found
end

-- The prompt, or the first of a multi-shot video's.
local function prompt_of(input)
  if type(input.prompt) == "string" and input.prompt ~= "" then
    return input.prompt
  end
  local shots = input.multi_prompt
  local first = type(shots) == "table" and shots[1]
  if type(first) == "table" and type(first.prompt) == "string" then
    return first.prompt
  end
  return nil
end

-- Only what the documents state is refused; what was inferred may be wrong.
local function documented_problems(model, input)
  local ok, problems = models.validate(model, input, "documented")
  local messages = {}
  for _, problem in ipairs(ok and {} or problems) do
    if not problem.suggestion then -- unknown keys pass
      messages[#messages + 1] = problem.message
    end
  end
  return messages[1] and table.concat(messages, "; ")
end

-- What stands in for a row of a model that the catalogue does not know:
-- pictures are looked for where most models have them.
local function unknown_row(model)
  local parameters = {}
  for i, name in ipairs({
    "image",
    "images",
    "image_url",
    "image_urls",
    "input_urls",
    "reference_images",
  }) do
    parameters[i] = { name = name, role = "image" }
  end
  return {
    kind = models.is_video(model) and "video" or "image",
    parameters = parameters,
    is_unknown = true,
  }
end

-- The catalogue hands out a fresh copy of a row each time, which would be half
-- the cost of a createTask; nobody here changes a row.
local function row_of(service, model)
  local row = service.rows[model] or models.get(model)
  if not row and service.options.models == "any" then
    return unknown_row(model)
  end
  service.rows[model] = row
  return row
end

local function is_null_or(value, wanted)
  return value == nil or value == json.null or type(value) == wanted
end

-- What is wrong with the request, in words, or nil and the catalogue's row.
local function problem_with(service, body)
  if type(body) ~= "table" then
    return "invalid request body: a JSON object is expected"
  end
  local model, input = body.model, body.input
  if type(model) ~= "string" or model == "" then
    return "model is required"
  end
  local row = row_of(service, model)
  if not row then
    return "unsupported model: " .. model:sub(1, 100)
  elseif type(input) ~= "table" then
    return "input is required and must be an object"
  elseif not is_null_or(body.callBackUrl, "string") then
    return "callBackUrl must be a string"
  end
  if is_null_or(input.prompt, "string") and not prompt_of(input) then
    return "input.prompt is required"
  end
  local problem = not row.is_unknown and documented_problems(model, input)
  if not problem and not prompt_of(input) then
    problem = "input.prompt must be a string"
  end
  return problem or nil, row
end

-- Whether a fault that refuses has its turn for this prompt: `times` refusals,
-- then one acceptance, and so on.
local function is_refused(service, fault, prompt)
  local times = fault.refuse.times
  if not times then
    return true
  end
  local key = fault.word .. " " .. random.hash(prompt)
  local turn = service.refusals[key] or 0
  if turn == 0 and service.refusal_count >= REFUSALS_MAX then
    service.refusals, service.refusal_count = {}, 0
  end
  if turn == 0 then
    service.refusal_count = service.refusal_count + 1
  end
  service.refusals[key] = turn < times and turn + 1 or 0
  return turn < times
end

-- The answer that refuses, when one of the faults says so.
local function refusal(service, found, prompt, request)
  for _, fault in ipairs(found) do
    local refuse = fault.refuse
    if refuse and is_refused(service, fault, prompt) then
      if refuse.shape == "task" then
        return answers.refusal(refuse.status, refuse.message)
      end
      return answers.platform(
        refuse.status,
        refuse.message,
        refuse.code,
        request.id
      )
    end
  end
  return nil
end

local function seed_of(input)
  local seed = input.seed
  if type(seed) == "number" and seed >= 0 and seed < 2 ^ 53 then
    return math.floor(seed) % 4294967296
  end
  return nil
end

-- The catalogue knows pictures' formats; a clip is an animated GIF here.
local function format_of(row, model, input)
  if row.kind == "video" then
    return "gif"
  end
  local format = models.format(model, input)
  return (format == "jpeg" or format == "jpg") and "jpeg" or "png"
end

local SIDE_UNKNOWN = 1024 -- pixels, where the catalogue does not know

local function fields_of(body, text, row, prompt, found, price)
  local width, height = models.size(body.model, body.input)
  local format = format_of(row, body.model, body.input)
  local quality = body.input.compression_quality
  return {
    model = body.model,
    model_json = json.encode(body.model),
    kind = row.kind,
    price = price,
    references = references.urls(row, body.input),
    param = text,
    param_json = json.encode(text),
    prompt = prompt,
    seed = seed_of(body.input),
    faults = found,
    width = width or SIDE_UNKNOWN,
    height = height or SIDE_UNKNOWN,
    format = format,
    extension = format == "jpeg" and "jpg" or format,
    quality = type(quality) == "number" and quality or nil,
  }
end

local function lost_status(found)
  for _, fault in ipairs(found) do
    if fault.lost then
      return fault.lost
    end
  end
end

---POST /api/v1/jobs/createTask
function jobs.create(service, request)
  service.received:count("creates")
  local ok, body = pcall(json.decode, request.body)
  local problem, row = problem_with(service, ok and body or nil)
  if problem then
    return answers.refusal(400, problem)
  end
  local prompt = prompt_of(body.input)
  local found = faults_for(prompt, service.options.fault)
  local status, headers, text = refusal(service, found, prompt, request)
  local price = service.account:price(body.model)
  if not status then
    status, headers, text = service.account:pay(price, request)
  end
  if status then
    return status, headers, text
  end
  local task = service.tasks:create(
    fields_of(body, request.body, row, prompt, found, price),
    service.host.now(),
    service.host.wall()
  )
  task.token = random.hash(task.id, service.options.seed)
  service.received:count("billed")
  if type(body.callBackUrl) == "string" and body.callBackUrl ~= "" then
    service.callbacks:add(task, body.callBackUrl)
  end
  local lost = lost_status(found)
  if service.options.ordered and not task.stays and not lost then
    service.ends:add(task)
  end
  if lost then
    return answers.page(lost, "Gateway Time-out")
  end
  local data = ('{"taskId":"%s"}'):format(task.id)
  return answers.task(200, 200, "success", data)
end

-- The kind of broken answer that is due, or nil.
local function broken_answer(task)
  task.queries = task.queries + 1
  if task.query and task.queries <= task.query.times then
    return task.query.kind
  end
  return nil
end

---GET /api/v1/jobs/recordInfo?taskId=
function jobs.query(service, request)
  service.received:count("queries")
  local id = request.arguments.taskId
  if not id or id == "" then
    return answers.refusal(400, "taskId parameter is required")
  end
  local task = #id <= TASK_ID_MAX and service.tasks:find(id)
  if not task then
    local status = service.options.unknown_task
    if status == 404 then
      return answers.refusal(404, "Task not found")
    end
    return answers.task(status, 422, "recordInfo is null")
  end
  local now = service.host.now()
  service.ends:ask(task, now)
  local broken = broken_answer(task)
  if broken == "html" then
    return answers.dashboard()
  end
  if task.is_link_tried then
    -- Somebody found the dead link dead: the next one lives.
    task.is_link_tried = false
    task.link = task.link + 1
  end
  local moment = service.ends:moment(task, now)
  local data = record.data(service.base_url, task, moment)
  local status, headers, text = answers.task(200, 200, "success", data)
  if broken == "cut" then
    text = text:sub(1, math.floor(#text * 0.6))
  end
  return status, headers, text
end

return jobs
