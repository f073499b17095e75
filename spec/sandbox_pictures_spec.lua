-- The files behind result URLs: that they are pictures, which, and how they are
-- served.

local client = require("spec.support.sandbox_client")

local created = client.created
local fetch = client.fetch
local start = client.start
local url_of = client.url_of

-- The picture of a finished task, with no key.
local function picture(box, id, headers)
  return fetch(box, "GET", url_of(box, id), nil, headers or {})
end

local function big_endian(text, at)
  local a, b, c, d = text:byte(at, at + 3)
  return ((a * 256 + b) * 256 + c) * 256 + d
end

local function png_size(bytes)
  assert.equal("\137PNG\r\n\26\n", bytes:sub(1, 8))
  return big_endian(bytes, 17), big_endian(bytes, 21)
end

describe("sandbox", function()
  after_each(client.stop_all)

  describe("pictures", function()
    local box
    before_each(function()
      box = start({ seconds = 0 })
    end)

    it("have exactly the size that was asked for", function()
      local id = created(
        box,
        { prompt = "x", width = 336, height = 272 },
        "flux-2-pro"
      )
      local status, bytes, headers = picture(box, id)
      assert.equal(200, status)
      assert.equal("image/png", headers["content-type"])
      assert.equal(#bytes, tonumber(headers["content-length"]))
      assert.same({ 336, 272 }, { png_size(bytes) })
    end)

    it("are JPEG when asked for", function()
      local id = created(
        box,
        { prompt = "x", output_format = "jpeg" },
        "imagen4-ultra"
      )
      assert.matches("%.jpg%?", url_of(box, id))
      local _, bytes, headers = picture(box, id)
      assert.equal("image/jpeg", headers["content-type"])
      assert.equal("\255\216\255", bytes:sub(1, 3))
    end)

    it("are the same for the same prompt and seed, only then", function()
      local function paint(prompt, seed)
        local id = created(
          box,
          { prompt = prompt, seed = seed, width = 256, height = 256 },
          "flux-2-pro"
        )
        return (select(2, picture(box, id)))
      end
      local first = paint("sea", 1)
      assert.is_true(first == paint("sea", 1))
      assert.is_false(first == paint("sea", 2))
      assert.is_false(first == paint("forest", 1))
    end)

    it("of an edit depend on the reference", function()
      local function edit(url)
        local id = created(box, {
          prompt = "at night",
          seed = 1,
          width = 256,
          height = 256,
          reference_images = { url },
        }, "flux-2-pro")
        return (select(2, picture(box, id)))
      end
      local function draft(prompt)
        return created(
          box,
          { prompt = prompt, seed = 1, width = 256, height = 256 },
          "flux-2-pro"
        )
      end
      local sea, city = draft("sea"), draft("city")
      local from_sea = edit(url_of(box, sea))
      assert.is_false(from_sea == edit(url_of(box, city)))
      -- The same bytes in the request itself give the same edit.
      local mime = require("mime")
      local bytes = select(2, picture(box, city))
      local inline = edit("data:image/png;base64," .. (mime.b64(bytes)))
      assert.is_false(inline == from_sea)
      -- Nothing that a reference holds breaks the painting.
      for _, odd in ipairs({
        "data:image/png;base64," .. (mime.b64(bytes:sub(1, 900))),
        "data:image/png;base64,####",
        "data:,",
        "https://elsewhere.example/a.png",
        box.base_url .. "/files/nix-1.png",
      }) do
        assert.same({ 256, 256 }, { png_size(edit(odd)) })
      end
    end)

    it("of video models are animated GIFs", function()
      local id = created(box, { prompt = "sea" }, "kling-v3-pro")
      local _, bytes, headers = picture(box, id)
      assert.equal("image/gif", headers["content-type"])
      assert.equal("GIF89a", bytes:sub(1, 6))
      local frames = select(2, bytes:gsub("!\249\4", ""))
      assert.is_true(frames > 1)
      assert.equal(480, bytes:byte(7) + 256 * bytes:byte(8))
    end)

    it("come in ranges, under If-Range", function()
      local id = created(box, { prompt = "x", image_size = "square" })
      local url = url_of(box, id)
      local _, whole, headers = picture(box, id)
      local function ranged(range, condition)
        return fetch(
          box,
          "GET",
          url,
          nil,
          { range = range, ["if-range"] = condition }
        )
      end
      assert.equal("bytes", headers["accept-ranges"])
      local status, part, about = ranged("bytes=10-19", headers.etag)
      assert.equal(206, status)
      assert.is_true(part == whole:sub(11, 20))
      assert.equal("bytes 10-19/" .. #whole, about["content-range"])
      status, part = ranged("bytes=" .. #whole - 5 .. "-")
      assert.equal(206, status)
      assert.is_true(part == whole:sub(-5))
      status, part = ranged("bytes=-7")
      assert.equal(206, status)
      assert.is_true(part == whole:sub(-7))
      status, part = ranged("bytes=10-19", '"other"')
      assert.equal(200, status)
      assert.is_true(part == whole)
      status, _, about = ranged("bytes=" .. #whole .. "-")
      assert.equal(416, status)
      assert.equal("bytes */" .. #whole, about["content-range"])
      assert.equal(200, (ranged("bytes=5-1")))
      assert.equal(200, (ranged("lines=1-2")))
    end)

    it("want the exact query, no key, and note one that came", function()
      local id = created(box, { prompt = "x", image_size = "square" })
      local url = url_of(box, id)
      assert.equal(403, (fetch(box, "GET", (url:gsub("%%2F", "/")), nil, {})))
      assert.equal(403, (fetch(box, "GET", url:match("^[^?]*"), nil, {})))
      assert.equal(200, (fetch(box, "GET", url, nil, {})))
      local _, counters = box.requests()
      assert.equal(0, counters.files_with_key)
      fetch(box, "GET", url)
      _, counters = box.requests()
      assert.equal(1, counters.files_with_key)
    end)

    it("do not exist before the task is done", function()
      box = start({ seconds = 1000 })
      local id = created(box, { prompt = "x" })
      assert.equal(404, (fetch(box, "GET", "/files/" .. id .. "-1.png")))
    end)
  end)
end)
