-- service.lua: what one look at the service tells the doctor: one query for a
-- task that cannot be, and the page of the account. Neither costs anything. A
-- finding is {check =, state = "ok", "warning" or "fault", text =, advice =,
-- status =}; status: of the program, for a fault.

local core = require "liangxin.core"
local liangxin = require "liangxin"
local options_module = require "liangxin.options"
local status = require "liangxin.cli.status"
local pairs = require("liangxin.walk").pairs

local M = {}

local NO_TASK = "liangxin-doctor"

-- One try, so that the first answer is what is told.
local PATIENCE = {
  timeout = 20,
  connect_timeout = 10,
  retry = { attempts = 1, base = 0.01, max = 0.01 },
}

local TOP_UP = "top up the account, or raise the key's limit"

local CLOCK_WARNING_S, CLOCK_FAULT_S = 120, 3600

local function ok(check, text)
  return { check = check, state = "ok", text = text }
end

local function warning(check, text, advice)
  return { check = check, state = "warning", text = text, advice = advice }
end

-- Nothing was created, whatever came back.
local function fault(check, err, advice)
  local code = status.of_error({ kind = err.kind, charged = "no" })
  return { check = check, state = "fault", text = err.message, advice = advice, status = code }
end

--- Without a user's name and password.
local function bare(url)
  return (url:gsub("^(%a[%w+.-]*://)[^/@]*@", "%1"):gsub("^[^/@]*@", ""))
end

--- The proxy that requests take, without its password, or nil.
function M.proxy(base_url, given)
  local proxy = core.proxy_for(base_url, options_module.proxies(given))
  return proxy and bare(proxy)
end

-- How far a request comes, and the checks that this proves.
local STAGES = { "resolve", "connect", "tls" }

local function stage_advice(err, seen)
  local message = err.message
  if message:find("proxy asks", 1, true) then
    return "write the proxy with its name and password: http://NAME:PASSWORD@host:port (proxy in the config file, "
      .. "or the variable https_proxy)"
  elseif message:find("resolve proxy", 1, true) then
    return "the proxy's name is wrong or unknown here: check the proxy " .. seen.proxy
  elseif err.stage == "resolve" then
    return "check the name in the address, then this machine's network and DNS: getent hosts " .. seen.host
  elseif err.stage == "connect" and seen.proxy then
    return "nobody answers at the proxy " .. seen.proxy .. ", or it lets nothing through: check its address"
  elseif err.stage == "connect" then
    return "check host and port of the address, and whether a firewall or a proxy stands between"
  elseif message:find("another name", 1, true) then
    return "the address is not the one that the certificate is for: check the host, or who answers in its place"
  elseif message:find("not trusted", 1, true) then
    return "install the authority of that certificate (ca-certificates), or name its file as ca_file in the config "
      .. "file; if none is expected, somebody reads along"
  elseif message:find("SSL CA cert", 1, true) then
    return "this machine has no list of authorities: install ca-certificates, or name a file as ca_file in the "
      .. "config file"
  elseif message:find("not valid yet", 1, true) or message:find("expired", 1, true) then
    return "check this machine's clock first, then ask who runs the server"
  end
  return "what answers there may speak no TLS: check scheme and port of the address"
end

-- Of a request that got no answer. Stages after the one that failed are unknown.
local function network_findings(err, seen)
  local findings = {}
  for _, stage in ipairs(STAGES) do
    if stage == err.stage then
      findings[#findings + 1] = fault(stage, err, stage_advice(err, seen))
      return findings
    elseif stage ~= "tls" or seen.is_https then
      findings[#findings + 1] = ok(stage, stage == "resolve" and seen.host or nil)
    end
  end
  findings[#findings + 1] = fault("answer", err, "try again; if it stays so, the service or what stands between "
    .. "cuts connections")
  return findings
end

local function clock_finding(seen)
  if not seen.date then
    return nil
  end
  local skew = seen.asked_at - seen.date
  local away = math.abs(skew)
  local text = away < CLOCK_WARNING_S and "as the server's"
    or ("%s %s of the server's"):format(away < CLOCK_FAULT_S and ("%.0f minutes"):format(away / 60)
      or ("%.1f hours"):format(away / 3600), skew > 0 and "ahead" or "behind")
  local advice = "set this machine's clock, and turn its synchronisation on: timedatectl set-ntp true"
  if away < CLOCK_WARNING_S then
    return ok("clock", text)
  elseif away < CLOCK_FAULT_S then
    return warning("clock", text, advice)
  end
  return { check = "clock", state = "fault", text = text, advice = advice, status = status.failed }
end

-- Whether an answer is the API's. Its "not found" is JSON.
local function is_page(err)
  local body = err.record and err.record.body or ""
  return err.kind == "bad_response" or err.kind == "not_found" and not body:find("^%s*{")
end

local IS_THERE = "the API is there"

-- What the answer to the query says of address and key; and whether both are good.
local function answer_findings(err)
  local kind = err and err.kind
  if kind and is_page(err) then
    return { fault("answer", err, "set LIANGXIN_BASE_URL, or base_url in the config file, to the address of the "
      .. "API, not of a web page: your account shows it") }
  elseif kind == "server" or kind == "rate_limited" then
    return { fault("answer", err, "nothing is wrong here: try again later") }
  elseif kind == "auth" then
    return { ok("answer", IS_THERE), fault("key", err, "look at LIANGXIN_API_KEY for missing or extra characters, "
      .. "and in your account whether the key is still there") }
  elseif kind == "forbidden" then
    return { ok("answer", IS_THERE), fault("key", err, "the account or this network may not use the service: ask "
      .. "its support, with the output of liangxin doctor --report") }
  elseif kind == "quota" then
    return { ok("answer", IS_THERE), ok("key", "accepted"), fault("balance", err, TOP_UP) }
  end
  return { ok("answer", IS_THERE), ok("key", "accepted") }, true
end

local function balance_finding(account, err)
  if account and account.unlimited then
    return ok("balance", ("no limit; %.10g used, in the gateway's units"):format(account.used))
  elseif account and account.available <= 0 then
    return { check = "balance", state = "fault", status = status.credits,
      text = ("%.10g left of %.10g"):format(account.available, account.granted),
      advice = TOP_UP }
  elseif account then
    return ok("balance", ("%.10g left of %.10g, in the gateway's units"):format(account.available, account.granted))
  elseif err.kind == "bad_response" then
    return ok("balance", "not offered by this gateway")
  end
  return warning("balance", err.message, "the API answers, this page does not: look into your account")
end

-- What an answer of a proxy in the API's place means.
local function as_network_error(err)
  if err and err.http_status == 407 then
    return { kind = "network", stage = "connect", message = "the proxy asks for a name and a password" }
  end
  return err
end

local function look(client, seen)
  local _, err = client:query(NO_TASK)
  err = as_network_error(err)
  if err and (err.kind == "network" or err.kind == "timeout") then
    return network_findings(err, seen)
  end
  local findings = { ok("resolve", seen.host), ok("connect") }
  if seen.is_https then
    findings[3] = ok("tls", "the certificate is good")
  end
  local of_answer, is_accepted = answer_findings(err)
  for _, finding in ipairs(of_answer) do
    findings[#findings + 1] = finding
  end
  if is_accepted then
    findings[#findings + 1] = balance_finding(client:account())
  end
  findings[#findings + 1] = clock_finding(seen)
  return findings
end

--- Findings about the service that `options` (of liangxin.new) lead to, and the
--- requests that were made, as on_log tells them.
function M.look(options)
  local seen, requests = {}, {}
  local scheme
  scheme, seen.host = core.parse_url(options.base_url)
  seen.is_https = scheme == "https"
  seen.proxy = M.proxy(options.base_url, options.proxy)
  for name, value in pairs(PATIENCE) do
    options[name] = value
  end
  options.on_log = function(event)
    requests[#requests + 1] = event
    seen.date, seen.asked_at = seen.date or event.date, seen.asked_at or os.time()
  end
  local client = liangxin.new(options)
  local findings = look(client, seen)
  client:poll(0)
  client:close()
  return findings, requests
end

return M
