-- A picture whose length nobody told, and whose connection ended in its middle,
-- was saved as if it were whole.

local fault_client = require("spec.support.fault_client")
local quick = require("spec.support.quick")

local ENDS = {
  png = { "\137PNG\r\n\26\n" .. ("\0"):rep(4000), "\0\0\0\0IEND\174B`\130" },
  jpg = { "\255\216\255\224\0\16JFIF\0" .. ("\1"):rep(4000), "\255\217" },
  gif = { "GIF89a" .. ("\1"):rep(4000), "\0;" },
  webp = { "RIFF\180\15\0\0WEBPVP8 " .. ("\0"):rep(4000), ("\0"):rep(12) },
}

describe("a picture whose length nobody told", function()
  local fault = fault_client.serve()

  local target

  before_each(function()
    target = os.tmpname()
  end)

  after_each(function()
    quick.close()
    os.remove(target)
  end)

  local function download()
    return quick.client(fault, { retry = { attempts = 3, base = 0.02, max = 0.1 } })
      :download(fault.base_url .. "/files/result", target, { overwrite = true })
  end

  for name, parts in pairs(ENDS) do
    local body = parts[1] .. parts[2]

    it("is saved when it has its end: " .. name, function()
      fault:rule({ on = "file", body = body, content_length = false })
      assert.equal(#body, assert(download()).bytes)
    end)

    it("is fetched again when it has none: " .. name, function()
      fault:rule({ on = "file", body = body, content_length = false, cut_after = 3000 })
      fault:rule({ on = "file", body = body, content_length = false })
      assert.equal(#body, assert(download()).bytes)
    end)
  end

  it("that never comes whole is an error, and nothing is saved", function()
    local whole = table.concat(ENDS.png)
    fault:rule({ on = "file", body = whole, content_length = false, cut_after = 3000, times = "always" })
    os.remove(target)
    local file, err = download()
    assert.is_nil(file)
    assert.same({ "download", true }, { err.kind, err.retryable })
    assert.truthy(err.message:find("before the picture did", 1, true), err.message)
    assert.is_nil(io.open(target))
  end)

  it("in chunks is whole at the last chunk, whatever its bytes", function()
    fault:rule({ on = "file", body = ENDS.png[1], chunked = true })
    assert.equal(#ENDS.png[1], assert(download()).bytes)
  end)
end)
