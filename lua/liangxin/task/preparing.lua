-- task/preparing.lua: from the checked arguments of a create to a task with the
-- request that will be sent.

local errors = require "liangxin.errors"
local inputs = require "liangxin.journal.inputs"
local notify = require "liangxin.notify"
local request_module = require "liangxin.request"
local task_module = require "liangxin.task"
local wish = require "liangxin.journal.wish"

local M = {}

-- Whether the task's callback is to have a token. With a journal it may come to
-- another process.
local function wants_token(client, recover)
  if recover == nil then
    recover = client._options.recover
  end
  return recover or client.journal ~= nil
end

-- Give the task its request, with a token where a callback may recover it.
local function prepare(client, task, request, opts)
  local token
  local url = client._listening and client._listening:_url_for(request.callBackUrl)
  task._has_callback = request.callBackUrl ~= nil
  task._is_called_back = url ~= nil or task._has_callback
  if url or request.callBackUrl and wants_token(client, opts.recover) then
    token = notify.new_token(client, task)
  end
  local body = request_module.encode(request, token, url)
  if type(body) == "string" then
    task._request, task._request_bytes = body, #body
  else
    task._request, task._pieces = request_module.shown(body), body
  end
  task.key, task._save = opts.key, opts.save
  if client.journal then
    return wish.prepare(task, request, opts, token)
  end
  return true
end

--- A task that is ready to be sent, or nil, err. The arguments are checked.
function M.new(client, request, opts)
  if client._is_closing then
    return nil, errors.local_end("closed")
  end
  if client.journal then
    local input, err = inputs.refresh(client, request.input, opts)
    if not input then
      return nil, err
    elseif input ~= request.input then
      request = request_module.with(request, "input", input)
    end
  end
  local mode = opts.validate
  if mode == nil then
    mode = client._options.validate
  end
  if mode then
    local ok, err = request_module.validate(request, mode, client._is_loopback)
    if not ok then
      errors.of_client(client, err)
      return nil, errors.remember_request(err, request_module.shown(request_module.encode(request)))
    end
  end
  local model = request.model
  local key = request_module.learning_key(model, request.input)
  local task = task_module.new(client, nil, model, key, opts)
  local ok, err = prepare(client, task, request, opts)
  if not ok then
    return nil, errors.remember_request(errors.of_client(client, err), task._request)
  end
  return task
end

return M
