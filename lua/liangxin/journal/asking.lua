-- asking.lua: one question to the journal, as a wait like any other.

local errors = require "liangxin.errors"

local M = {}

-- A waitable.
local Question = {}
Question.__index = Question

function Question:_on_answer(value, err)
  self.value, self.err = value, err
  self._scheduler:release(self)
  self._scheduler:finish(self)
end

-- The wait for the answer; nil, err where it cannot be asked.
local function submit(client, question)
  local entered, failure = client:_enter(true)
  if not entered then
    return nil, failure
  end
  local scheduler = client._scheduler
  local op = setmetatable({ _scheduler = scheduler }, Question)
  local ok, kind = scheduler:submit(op, "ask", question)
  if not ok then
    return nil, errors.local_end(kind)
  end
  return op
end

-- The answer, or nil, err.
local function await(client, op, timeout)
  local scheduler = client._scheduler
  local why, cause = scheduler:wait(op, timeout)
  if why == "timeout" then
    scheduler:abandon(op)
    return nil, errors.new("journal", ("the journal does not answer within %g s"):format(timeout), { retryable = true })
  elseif why ~= "done" then
    scheduler:abandon(op)
    return nil, why == "cancelled" and cause or errors.local_end(why)
  elseif op.err then
    return nil, errors.adopt(op.err)
  end
  return op.value
end

--- What handle:ask answers to `question`: its value, or nil, err. After `timeout`
--- (nil: never) nobody waits any more; what is asked may still be done.
function M.ask(client, question, timeout)
  local op, err = submit(client, question)
  if not op then
    return nil, err
  end
  return await(client, op, timeout)
end

--- The same for a list of questions, which the journal works on together: values
--- and errors, in their order.
function M.ask_all(client, questions)
  local ops, values, failures = {}, {}, {}
  for i = 1, #questions do
    ops[i], failures[i] = submit(client, questions[i])
  end
  for i = 1, #questions do
    if ops[i] then
      values[i], failures[i] = await(client, ops[i])
    end
  end
  return values, failures
end

return M
