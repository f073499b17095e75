-- handler.lua: what the listener of client:listen answers. Runs in a Lua state of
-- the listener's own (csrc/listener/handler.h), so that it answers at once while
-- the host's Lua is busy; the hint goes to the client by its mailbox. With a
-- journal the answer waits until the hint is kept there (csrc/listener/desk.h).

local webhook = require "liangxin.webhook"

local M = {}

local function never()
  return false
end

--- `config` is a Lua table constructor, see listening.
function M.new(host, config)
  local rules = assert((loadstring or load)("return " .. config))()
  rules.holds = never -- what the client holds is not known here

  local function answer(request)
    if request.method ~= "POST" then
      return 405, "callbacks are POSTed\n"
    elseif request.too_large then
      return 413, "the body is too large\n"
    end
    local status, text, id, token = webhook.judge(rules, request.headers, request.body, request.target, host.wall())
    if status ~= 200 then
      return status, text
    end
    local hint = id .. "\n" .. (token or "")
    if rules.has_journal then
      return hint -- the host is asked
    end
    return webhook.answer(host.post("\n" .. hint) and 200 or 503)
  end

  return {
    handle = function(request, made)
      local status, text
      if made == true then
        status, text = answer(request)
      else
        status, text = webhook.answer(tonumber(made or 503))
      end
      if type(status) == "string" then
        return status
      end
      return status, { ["Content-Type"] = "text/plain", Allow = status == 405 and "POST" or nil }, text
    end,
  }
end

return M
