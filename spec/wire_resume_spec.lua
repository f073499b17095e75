-- A download that was cut is byte-exact in the end, or an error: every pair of
-- status and Content-Range that a host may answer with, once, and always.

local bytes = require("spec.support.fault.bytes")
local folders = require("spec.support.folder")
local fault_client = require("spec.support.fault_client")
local live = require("spec.support.live")
local quick = require("spec.support.quick")

local SIZE, HELD = 4096, 2000
local CONTENT = bytes.file("a.png", SIZE, "png").read(0, SIZE)

-- Content-Range, and which bytes of the content follow.
local RANGES = {
  ["none, all"] = { nil, 0, SIZE },
  ["none, the rest"] = { nil, HELD, SIZE },
  ["at the offset"] = { "bytes 2000-4095/4096", HELD, SIZE },
  ["at the offset, a piece"] = { "bytes 2000-2099/4096", HELD, 2100 },
  ["at the offset, in capitals"] = { "BYTES 2000-4095/4096", HELD, SIZE },
  ["at the offset, total unknown"] = { "bytes 2000-4095/*", HELD, SIZE },
  ["earlier"] = { "bytes 1000-4095/4096", 1000, SIZE },
  ["later"] = { "bytes 3000-4095/4096", 3000, SIZE },
  ["all of it"] = { "bytes 0-4095/4096", 0, SIZE },
  ["the beginning"] = { "bytes 0-99/4096", 0, 100 },
  ["another total"] = { "bytes 2000-4095/5000", HELD, SIZE },
  ["malformed"] = { "bytes 2000/4096", HELD, SIZE },
  ["longer than its range"] = { "bytes 2000-2099/4096", HELD, SIZE },
  ["a star"] = { "bytes */4096", HELD, SIZE },
}

-- Nothing but the bytes themselves tells: this does not begin like a picture.
local IS_REFUSED = { ["200 none, the rest"] = true }

describe("a download that was cut", function()
  local fault = fault_client.serve()
  local client, folder, remove

  before_each(function()
    client = quick.client(fault, { retry = { attempts = 3, base = 0.02, max = 0.02 } })
    folder, remove = live.folder()
  end)

  after_each(function()
    quick.close()
    remove()
  end)

  -- Save once, with `answer` to the second request or to all but the first.
  local function save(answer, times)
    fault:rule({ on = "file", cut_after = HELD })
    fault:rule({ on = "file", raw = answer, times = times, close_after = "silent" })
    fault:make_task("t1", { urls = { fault.base_url .. "/files/a.png" }, polls_until_success = 0 })
    local files, err = assert(client:task("t1"):wait()):save(folder)
    return files and live.read(files[1].path), err
  end

  for _, status in ipairs({ 200, 206, 416 }) do
    for name, row in pairs(RANGES) do
      local body = CONTENT:sub(row[2] + 1, row[3])
      local answer = ("HTTP/1.1 %d X\r\nContent-Type: image/png\r\nContent-Length: %d\r\n%s\r\n%s"):format(
        status, #body, row[1] and "Content-Range: " .. row[1] .. "\r\n" or "", body)
      local what = status .. " " .. name
      if not IS_REFUSED[what] then
        it("is byte-exact after one answer " .. what, function()
          assert.is_true(save(answer, 1) == CONTENT)
        end)
      end

      it("is byte-exact or an error with answers " .. what, function()
        local got, err = save(answer, "always")
        if got then
          assert.is_true(got == CONTENT)
        else
          assert.same({ "yes", true }, { err.charged, err.retryable })
          assert.same({}, folders.list(folder))
        end
      end)
    end
  end

  for _, status in ipairs({ 202, 204, 304, 405, 412, 451, 503 }) do
    it("is byte-exact after one answer " .. status .. ", which may mean the range", function()
      assert.is_true(save(("HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n"):format(status), 1) == CONTENT)
    end)
  end
end)
