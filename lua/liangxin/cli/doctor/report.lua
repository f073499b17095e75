-- report.lua: what support needs to know, as one text. It may be pasted anywhere:
-- no key, no password, no prompt, and the home folder as "~".

local redact = require "liangxin.redact"
local pairs = require("liangxin.walk").pairs

local M = {}

local VARIABLES = {
  "LIANGXIN_BASE_URL", "LIANGXIN_API_KEY", "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
  "no_proxy", "NO_PROXY",
}

-- A setting as it may be shown; what is private is only said to be set.
local function shown(name, value)
  if name == "api_key" or name == "api_key_command" or type(value) == "table" then
    return "set"
  end
  return tostring(value)
end

local function settings_lines(add, values)
  local names = {}
  for name in pairs(values) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    add("%s = %s", name, shown(name, values[name]))
  end
  for _, name in ipairs(VARIABLES) do
    local value = os.getenv(name)
    if value and value ~= "" then
      add("$%s = %s", name, name == "LIANGXIN_API_KEY" and "set" or value)
    end
  end
end

-- Without passwords, queries, keys and the name of the user's folder.
local function clean(text, key)
  local home = os.getenv "HOME" or os.getenv "USERPROFILE"
  text = redact.words(text, redact.new_secrets())
  text = text:gsub("(%a[%w+.-]*://)[^/@%s]*@", "%1***@")
  local function hide(secret, by)
    if secret and #secret > 3 then
      text = text:gsub(secret:gsub("%p", "%%%0"), (by:gsub("%%", "%%%%")))
    end
  end
  hide(key, "***")
  hide(home, "~")
  return text
end

--- The text. `key`: may be nil.
function M.text(findings, requests, values, key)
  local lines = { "liangxin doctor report", os.date "!%Y-%m-%dT%H:%M:%SZ" }
  local function add(format, ...)
    lines[#lines + 1] = clean(format:format(...):gsub("%c+", " "), key)
  end
  lines[#lines + 1] = "\nchecks"
  for _, finding in ipairs(findings) do
    add("%-8s %-9s %s", finding.state, finding.check, finding.text or "")
  end
  lines[#lines + 1] = "\nrequests"
  for _, request in ipairs(requests) do
    add("%s %s: HTTP %s, %d ms, request id %s", request.method, request.url, request.status or "none",
      request.ms, request.request_id or "none")
  end
  lines[#lines + 1] = "\nsettings"
  settings_lines(add, values)
  return table.concat(lines, "\n")
end

return M
