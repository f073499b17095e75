-- `liangxin doctor`: each check broken by itself, against real servers: what it
-- says, what it says to do, and how the program ends.

local cli = require("spec.support.cli")
local core = require("liangxin.core")
local fault_client = require("spec.support.fault_client")
local json = require("liangxin.cli.json")
local quick = require("spec.support.quick")
local sandbox_client = require("spec.support.sandbox_client")

local it_runs = cli.has_shell and it or pending
local it_asks = pcall(require, "liangxin.store.postgres") and it_runs or pending

local NO_PROXY = { http_proxy = "", https_proxy = "", HTTPS_PROXY = "", all_proxy = "", ALL_PROXY = "", no_proxy = "" }
local ACCOUNT = '{"code":true,"message":"ok","data":{"total_granted":100,"total_used":100,'
  .. '"total_available":%s,"unlimited_quota":%s}}'
local PAGE = "<!doctype html><html><title>Dashboard</title></html>"

describe("liangxin doctor", function()
  local fault = fault_client.serve({ tls = true })
  local home

  before_each(function()
    home = cli.home()
    for name, value in pairs(NO_PROXY) do
      home.env[name] = value
    end
    home:use(fault)
  end)

  after_each(function()
    home:remove()
    quick.close()
    sandbox_client.stop_all()
  end)

  -- The findings by check, the exit status, and the checks in their order.
  local function examine(arguments)
    local said = home:run("doctor --json " .. (arguments or ""))
    assert.equal("", said.err)
    local findings, order = {}, {}
    for line in said.out:gmatch("[^\n]+") do
      local finding = json.decode(line)
      assert.is_nil(findings[finding.check], "twice: " .. finding.check)
      findings[finding.check] = finding
      order[#order + 1] = finding.check
    end
    return findings, said.status, order
  end

  -- All checks but `check`, which is in `state`, are good; those after a fault of
  -- the network are not made.
  local function assert_only(findings, check, state, text, advice)
    for name, finding in pairs(findings) do
      assert.equal(name == check and state or "ok", finding.state, name .. ": " .. tostring(finding.text))
    end
    assert.matches(text, findings[check].text)
    assert.matches(advice, findings[check].advice)
  end

  local function config(text)
    home:write("config/liangxin/config.lua", "return { " .. text .. " }")
  end

  it_runs("finds nothing wrong, asks twice, and leaves nothing behind", function()
    home:use(sandbox_client.start({ balance = 100 }))
    local findings, code, order = examine()
    assert.same({ "versions", "address", "proxy", "resolve", "connect", "answer", "key", "balance", "clock", "folder",
      "journal" }, order)
    for name, finding in pairs(findings) do
      assert.equal("ok", finding.state, name)
      assert.is_nil(finding.advice)
    end
    assert.equal(0, code)
    assert.matches("50000000 left of 50000000", findings.balance.text)
    assert.is_nil(home:read("data/liangxin/journal.db"))
  end)

  it_runs("speaks to people", function()
    home:use(sandbox_client.start())
    local said = home:run("doctor -o data/../file")
    assert.same({ 0, "" }, { said.status, said.err })
    assert.matches("^ok       versions  liangxin [%d.]+, Lua[^,]*, libcurl/", said.out)
    assert.matches("\nok       key       accepted\n", said.out)
    assert.matches("\nok       balance   no limit; 0 used, in the gateway's units\n", said.out)
    assert.matches("\nok       folder    [^\n]*file %(not there yet%)\n", said.out)
  end)

  it_runs("without an address", function()
    home.env.LIANGXIN_BASE_URL = nil
    local findings, code = examine()
    assert_only(findings, "address", "fault", "no address", "set LIANGXIN_BASE_URL, or base_url in .*config.lua")
    assert.equal(2, code)
  end)

  it_asks("with a journal's server that is not there", function()
    local findings = examine("--journal postgres://me@" .. fault.refused_url:match("//(.*)") .. "/studio")
    assert_only(findings, "journal", "fault", "cannot be reached", "start the server of the journal")
  end)

  it_runs("with a misspelt address of a journal", function()
    local findings = examine("--journal postgre://me@localhost/studio")
    assert_only(findings, "journal", "fault", '^option \'journal\' begins with "postgre://"', "correct the address")
    assert.equal(2, home:run("--journal postgre://me@localhost/studio spend").status)
    assert.is_nil(core.kind_of_file(home.path .. "/postgre:"))
  end)

  it_runs("with an address that is none", function()
    home.env.LIANGXIN_BASE_URL = "ftp://x"
    local findings, code = examine()
    assert.equal("fault", findings.address.state)
    assert.matches("must look like https://host", findings.address.text)
    assert.equal(2, code)
  end)

  it_runs("without a key", function()
    home.env.LIANGXIN_API_KEY = nil
    local findings, code = examine()
    assert_only(findings, "key", "fault", "no API key", "set LIANGXIN_API_KEY")
    assert.equal(2, code)
  end)

  it_runs("with a host that nobody knows", function()
    home.env.LIANGXIN_BASE_URL = "https://" .. ("x"):rep(64) .. ".invalid" -- too long for any resolver
    local findings, code = examine()
    assert_only(findings, "resolve", "fault", "resolve host", "DNS: getent hosts xxx")
    assert.is_nil(findings.connect)
    assert.equal(8, code)
  end)

  it_runs("where nobody listens", function()
    home.env.LIANGXIN_BASE_URL = fault.refused_url
    local findings, code = examine()
    assert_only(findings, "connect", "fault", "connect", "host and port of the address, and whether a firewall")
    assert.equal(8, code)
  end)

  it_runs("with a certificate for another name", function()
    config(("ca_file = %q"):format(fault.ca_file))
    home.env.LIANGXIN_BASE_URL = fault.tls_elsewhere_url
    local findings, code = examine()
    assert_only(findings, "tls", "fault", "certificate is for another name", "check the host, or who answers")
    assert.equal("ok", findings.connect.state)
    assert.equal(8, code)
  end)

  it_runs("with a certificate of an unknown authority", function()
    -- What is trusted is not left to the machine: only the other certificate is.
    local certificates = {}
    for text in cli.read(fault.ca_file):gmatch("%-+BEGIN.-END CERTIFICATE%-+\n") do
      certificates[#certificates + 1] = text
    end
    assert.equal(2, #certificates)
    config(("ca_file = %q"):format(home:write("other.pem", certificates[2])))
    home.env.LIANGXIN_BASE_URL = fault.tls_url
    local findings, code = examine()
    assert_only(findings, "tls", "fault", "authority that is not trusted", "ca_file in the config file")
    assert.equal(8, code)
  end)

  it_runs("with a good certificate", function()
    config(("ca_file = %q"):format(fault.ca_file))
    home.env.LIANGXIN_BASE_URL = fault.tls_url
    local findings, code = examine()
    assert.equal("ok", findings.tls.state)
    assert.equal("not offered by this gateway", findings.balance.text)
    assert.equal(0, code)
  end)

  for _, case in ipairs({
    { "ahead", 86400, "fault", "24%.0 hours behind" },
    { "behind", -86400, "fault", "24%.0 hours ahead" },
    { "some minutes ahead", 900, "warning", "1[45] minutes behind" },
  }) do
    it_runs("with a server whose clock is " .. case[1], function()
      local date = os.date("!%a, %d %b %Y %H:%M:%S GMT", os.time() + case[2])
      fault:rule({ on = "any", times = "always", status = 200, headers = { { "Date", date } } })
      local findings, code = examine()
      assert_only(findings, "clock", case[3], case[4], "timedatectl set%-ntp true")
      assert.equal(case[3] == "fault" and 1 or 0, code)
    end)
  end

  it_runs("with a proxy that wants a password", function()
    fault:rule({ on = "any", times = "always", status = 407, body = "no" })
    home.env.LIANGXIN_BASE_URL = "https://far.example"
    home.env.https_proxy = fault.base_url
    local findings, code = examine()
    assert_only(findings, "connect", "fault", "proxy asks for a name and a password", "http://NAME:PASSWORD@host:port")
    assert.equal(fault.base_url, findings.proxy.text)
    assert.equal(8, code)
  end)

  it_runs("with a proxy where nobody listens, shown without its password", function()
    home.env.LIANGXIN_BASE_URL = "https://far.example"
    home.env.https_proxy = fault.refused_url:gsub("//", "//me:hidden@")
    local findings = examine()
    assert_only(findings, "connect", "fault", "connect", "nobody answers at the proxy " .. fault.refused_url, 1, true)
    assert.equal(fault.refused_url, findings.proxy.text)
    local nowhere = ("x"):rep(64) .. ".invalid"
    home.env.no_proxy = nowhere
    home.env.LIANGXIN_BASE_URL = "https://" .. nowhere
    assert.equal("none", examine().proxy.text)
  end)

  it_runs("with a wrong key", function()
    home:use(sandbox_client.start())
    home.env.LIANGXIN_API_KEY = "sk-wrong"
    local findings, code = examine()
    assert_only(findings, "key", "fault", "Invalid token", "look at LIANGXIN_API_KEY for missing or extra")
    assert.equal(4, code)
  end)

  it_runs("with nothing left", function()
    fault:rule({ on = "other", path = "/api/usage/token", times = "always", body = ACCOUNT:format("0", "false") })
    local findings, code = examine()
    assert_only(findings, "balance", "fault", "^0 left of 100$", "top up")
    assert.equal(7, code)
  end)

  it_runs("refused for want of credits", function()
    fault:rule({ on = "query", status = 403, body = '{"error":{"message":"x","code":"insufficient_user_quota"}}' })
    local findings, code = examine()
    assert_only(findings, "balance", "fault", "out of credits", "top up")
    assert.equal(7, code)
  end)

  it_runs("with a web page for an API", function()
    for _, rule in ipairs({ { status = 200, body = PAGE }, { status = 404, body = PAGE } }) do
      fault:reset()
      rule.on, rule.times = "any", "always"
      fault:rule(rule)
      local findings, code = examine()
      assert_only(findings, "answer", "fault", "base_url", "the address of the API, not of a web page")
      assert.equal(1, code)
    end
  end)

  it_runs("while the service is down", function()
    fault:rule({ on = "any", times = "always", status = 503, body = "busy" })
    local findings, code = examine()
    assert_only(findings, "answer", "fault", "busy", "try again later")
    assert.equal(8, code)
  end)

  it_runs("with a folder that cannot be written", function()
    home:write("file", "x")
    local findings, code = examine("-o file/pictures")
    assert_only(findings, "folder", "fault", "file/pictures: ", "name another folder with %-o")
    assert.equal(1, code)
  end)

  it_runs("with a journal of a newer version", function()
    local path = home.path .. "/studio.db"
    config(("journal = %q"):format(path))
    local client = quick.client(fault, { journal = path })
    assert(client.journal:spend())
    client:close()
    assert.equal("ok", examine().journal.state)
    local change = "UPDATE meta SET value = 999 WHERE key = 'schema_version'"
    local pipe = io.popen(("sqlite3 '%s' \"%s\" 2>&1"):format(path, change))
    assert.equal("", pipe:read("*a"))
    pipe:close()
    local findings, code = examine()
    assert_only(findings, "journal", "fault", "newer", "use the liangxin that wrote it")
    assert.equal(1, code)
  end)

  it_runs("with a journal that is none, or cannot be made", function()
    home:write("notes.db", ("no journal\n"):rep(100))
    config(("journal = %q"):format(home.path .. "/notes.db"))
    local findings = examine()
    assert_only(findings, "journal", "fault", "notes.db", "name another with journal in the config file")
    config(("journal = %q"):format(home.path .. "/notes.db/x/studio.db"))
    findings = examine()
    assert_only(findings, "journal", "fault", "notes.db/x/studio.db: ", "let yourself write to .*notes.db")
  end)

  it_runs("with entries of which nobody knows the end", function()
    local path = home.path .. "/studio.db"
    config(("journal = %q"):format(path))
    fault:rule({ on = "create", act = "close" })
    local client = quick.client(fault, { journal = path })
    local _, err = client:generate("z-image", { prompt = "a hill" }, { key = "hill" })
    assert.equal("outcome_unknown", err.kind)
    client:close()
    local findings, code = examine()
    assert_only(findings, "journal", "warning", "what came of 1 of its entries", "liangxin resolve KEY")
    assert.equal(0, code)
  end)

  it_runs("reports without key, password, home and prompt", function()
    config('proxy = "http://me:hidden@127.0.0.1:1", prices = { ["z-image"] = 4 }')
    home.env.LIANGXIN_API_KEY = "quite-secret-key"
    fault:rule({ on = "any", times = "always", status = 401, body = '{"error":{"message":"no quite-secret-key"}}' })
    assert.matches("\nprices = set\n", home:run("doctor --report").out)
    for _ = 1, 2 do
      local said = home:run("doctor --report")
      assert.equal("", said.err)
      for _, secret in ipairs({ "quite-secret-key", "hidden", home.path }) do
        assert.is_nil(said.out:find(secret, 1, true), secret)
      end
      assert.matches("^liangxin doctor report\n%d+%-", said.out)
      assert.matches("\nversions +liangxin", (said.out:gsub("ok  +", "")))
      assert.matches("\n$LIANGXIN_API_KEY = set\n", said.out)
      config("") -- and straight to the server
    end
  end)
end)
