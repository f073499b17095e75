-- task/preparing.lua: from the checked arguments of a create to a task with the
-- request that will be sent.

local errors = require "liangxin.errors"
local inputs = require "liangxin.journal.inputs"
local notify = require "liangxin.notify"
local request_module = require "liangxin.request"
local task_module = require "liangxin.task"
local wish_module = require "liangxin.journal.wish"

local M = {}

-- True, or nil, err with the request in it.
local function check(client, request, opts)
  local mode = opts.validate
  if mode == nil then
    mode = client._options.validate
  end
  if not mode then
    return true
  end
  local ok, err = request_module.validate(request, mode, client._is_loopback)
  if not ok then
    errors.of_client(client, err)
    return nil, errors.remember_request(err, request_module.shown(request_module.encode(request)))
  end
  return true
end

-- The request that is sent, but for its callback, the body of that, and what a journal
-- keeps of it; or nil, err.
local function encode(client, request, opts)
  local names = client.journal and client.journal._names
  if request.callBackUrl then
    request = request_module.with(request, "callBackUrl", nil)
  end
  local body, kept = request_module.encode(request, names)
  if names and kept ~= body then -- results of earlier tasks are in it, or pictures
    local input, err = inputs.refresh(client, request.input, opts)
    if err then
      return nil, err
    elseif input then
      request = request_module.with(request, "input", input)
      body, kept = request_module.encode(request, names)
    end
  end
  return request, body, kept
end

-- Whether the task's callback is to have a token. With a journal it may come to
-- another process.
local function wants_token(client, recover)
  if recover == nil then
    recover = client._options.recover
  end
  return recover or client.journal ~= nil
end

-- The callBackUrl that is sent, nil for none, with a token where it may recover the
-- task. `given`: that of the request, or nil.
local function callback_of(client, task, given, opts)
  local own = client._listening and client._listening:_url_for(given)
  local url = own or given
  if given then
    task._has_callback = true
  end
  if url then
    task._is_called_back = true
  end
  if own or given and wants_token(client, opts.recover) then
    url = request_module.mark_callback(url, notify.new_token(client, task))
  end
  return url
end

-- A task of the request as `encode` gave it. `given`: its callBackUrl, or nil.
local function make_task(client, request, body, given, opts)
  local model = request.model
  local task = task_module.new(client, nil, model, request_module.learning_key(model, request.input), opts)
  task.key, task._save = opts.key, opts.save
  local url = callback_of(client, task, given, opts)
  if url then
    body = request_module.encode(request_module.with(request, "callBackUrl", url))
  end
  if type(body) == "string" then
    task._request, task._request_bytes = body, #body
  else
    task._request, task._pieces = request_module.shown(body), body
  end
  return task
end

--- A task that is ready to be sent, and the wish to the journal that goes with it (nil
--- without one); or nil, err. The arguments are checked.
function M.new(client, request, opts)
  if client._is_closing then
    return nil, errors.local_end("closed")
  end
  local ok, err = check(client, request, opts)
  if not ok then
    return nil, err
  end
  local sent, body, kept = encode(client, request, opts)
  if not sent then
    return nil, body
  elseif not client.journal then
    return make_task(client, sent, body, request.callBackUrl, opts)
  end
  local wish
  wish, err = wish_module.of(client, sent.model, opts)
  if not wish then
    return nil, errors.remember_request(errors.of_client(client, err), request_module.shown(body))
  end
  local task = make_task(client, sent, body, request.callBackUrl, opts)
  wish.body, wish.token = kept, task._token
  return task, wish
end

return M
