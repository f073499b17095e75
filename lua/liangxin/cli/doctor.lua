-- doctor.lua: `liangxin doctor`: what works, what does not, and what to do about it.

local common = require "liangxin.cli.common"
local config = require "liangxin.cli.config"
local core = require "liangxin.core"
local json = require "liangxin.cli.json"
local liangxin = require "liangxin"
local machine = require "liangxin.cli.doctor.machine"
local report = require "liangxin.cli.doctor.report"
local service = require "liangxin.cli.doctor.service"
local status = require "liangxin.cli.status"

local M = {
  name = "doctor",
  summary = "what works, what does not, and what to do about it",
  description = "Looks at address, network, key, account, folders and journal. Asks the service twice; creates nothing "
    .. "and costs nothing.",
}

function M.add(command)
  command:flag("--json", "One JSON object for each check: check, state, text, advice.")
  command:flag("--report", "Write to stdout what the service's support needs to know, without key and prompts.")
  command:option("-o --output", "The folder for results, which is looked at; default: the config file's, or here.")
    :convert(common.path):argname "DIR"
end

-- Options of liangxin.new, or nil and a finding.
local function options_of(cli)
  local values = cli.config
  local base_url = config.base_url(values)
  local key, why = config.api_key(values)
  if not base_url then
    return nil, { check = "address", state = "fault", text = "no address of the API is set", status = status.usage,
      advice = "set LIANGXIN_BASE_URL, or base_url in " .. config.config_path() }
  elseif not key then
    return nil, { check = "key", state = "fault", text = "no API key", advice = why, status = status.usage }
  end
  return { base_url = base_url, api_key = key, proxy = values.proxy, ca_file = values.ca_file }
end

-- Whether liangxin.new takes the options: the finding.
local function check_options(options)
  local ok, client = pcall(liangxin.new, options)
  if ok then
    client:close()
    return { check = "address", state = "ok", text = options.base_url }
  end
  return { check = "address", state = "fault", status = status.usage,
    text = (tostring(client):gsub("^.-liangxin%.new: ", "")), advice = "set it as the message says" }
end

local function proxy_finding(options)
  return { check = "proxy", state = "ok", text = service.proxy(options.base_url, options.proxy) or "none" }
end

-- All findings, and the requests that were made.
local function examine(cli, folder, has_journal)
  local findings, requests = { machine.versions() }, {}
  local function add(finding)
    findings[#findings + 1] = finding
    return finding.state ~= "fault"
  end
  local options, missing = options_of(cli)
  local is_usable = add(missing or check_options(options))
  if is_usable then
    add(proxy_finding(options))
    local found
    found, requests = service.look(options)
    for _, finding in ipairs(found) do
      add(finding)
    end
  end
  add(machine.folder(folder))
  if is_usable and has_journal then
    add(machine.journal({ base_url = options.base_url, api_key = options.api_key }, config.journal_path(cli.config)))
  end
  return findings, requests, options and options.api_key
end

local COLORS = { ok = "\27[32m", warning = "\27[33m", fault = "\27[31m" }

local function show(cli, findings)
  local has_color = cli.output.has_color and core.terminal.is_terminal(1)
  for _, finding in ipairs(findings) do
    local line = ("%-9s %s"):format(finding.check, finding.text or ""):gsub("%c+", " "):gsub("%s+$", "")
    local state = ("%-8s"):format(finding.state)
    cli.output:result((has_color and COLORS[finding.state] .. state .. "\27[0m" or state) .. " " .. line)
    if finding.advice then
      cli.output:result((" "):rep(9) .. "-> " .. finding.advice)
    end
  end
end

--- Runs the command: its exit status.
function M.run(options, cli)
  local findings, requests, key = examine(cli, options.output or cli.config.output or ".", not options.no_journal)
  if options.report then
    cli.output:result(report.text(findings, requests, cli.config, key))
  elseif options.json then
    for _, finding in ipairs(findings) do
      local row = { check = finding.check, state = finding.state, text = finding.text, advice = finding.advice }
      cli.output:result((core.mend(json.encode(row))))
    end
  else
    show(cli, findings)
  end
  local code = status.ok
  for _, finding in ipairs(findings) do
    code = finding.status and status.worse(code, finding.status) or code
  end
  return code
end

return M
