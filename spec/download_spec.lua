-- client:download: from where a file may come, hop by hop, and what is refused
-- before a byte of it is asked for.

local fault_client = require "spec.support.fault_client"
local live = require "spec.support.live"
local quick = require "spec.support.quick"

describe("client:download", function()
  local fault = fault_client.serve { tls = true }

  local folder, remove

  before_each(function()
    folder, remove = live.folder()
  end)
  after_each(function()
    quick.close()
    remove()
  end)

  local function secure(options)
    local given = { base_url = fault.tls_url, ca_file = fault.ca_file }
    for name, value in pairs(options or {}) do
      given[name] = value
    end
    return quick.client(fault, given)
  end

  local function file_requests()
    return #fault:requests { kind = "file" }
  end

  local function refused(client, url, words, requests)
    local file, err = client:download(url, folder .. "x.png")
    assert.is_nil(file)
    assert.equal("download", err.kind)
    assert.equal("no", err.charged)
    assert.truthy(err.message:find(words, 1, true), err.message)
    assert.equal(requests or 0, file_requests())
    assert.is_nil(live.read(folder .. "x.png"))
    return err
  end

  it("saves the file and says what it is", function()
    local file = assert(secure():download(fault.tls_url .. "/files/x.png", folder))
    assert.equal(folder .. "x.png", file.path)
    assert.equal(4096, file.bytes)
    assert.equal(4096, #live.read(file.path))
    assert.equal("image/png", file.content_type)
  end)

  it("knows http and https only", function()
    for _, url in ipairs { "ftp://h.example/x", "file:///etc/hostname", "/files/x", "https://" } do
      refused(secure(), url, "not an http or https URL")
    end
  end)

  it("refuses plain HTTP of a client that speaks HTTPS, unless allowed", function()
    refused(secure(), fault.base_url .. "/files/x.png", "allow_http")
    assert(secure({ allow_http = true }):download(fault.base_url .. "/files/x.png", folder))
  end)

  it("shows no query and no password in what it refuses", function()
    local url = fault.base_url:gsub("//", "//user:SECRET@") .. "/files/x.png?token=SECRET"
    local err = refused(secure(), url, "/files/x.png")
    assert.is_nil(quick.shown(err):find("SECRET", 1, true))
  end)

  it("asks allow_download about every hop", function()
    local asked = {}
    local client = secure({
      allow_download = function(url)
        asked[#asked + 1] = url
        return not url:find(fault.tls_other_url, 1, true)
      end,
    })
    fault:rule { on = "file", listener = "tls", redirect = "tls_other" }
    refused(client, fault.tls_url .. "/files/x.png", "allow_download refused " .. fault.tls_other_url, 1)
    assert.same({ fault.tls_url .. "/files/x.png", fault.tls_other_url .. "/files/x.png" }, asked)
  end)

  it("follows five redirects", function()
    fault:rule { on = "file", redirect = "tls", times = 5 }
    assert(secure():download(fault.tls_url .. "/files/x.png", folder))
    assert.equal(6, file_requests())
  end)

  it("follows no sixth redirect", function()
    fault:rule { on = "file", redirect = "tls", times = 6 }
    refused(secure(), fault.tls_url .. "/files/x.png", "more than 5 redirects", 6)
  end)
end)
