-- Makes what clicks.js looks at, in the folder of its argument:
--   index.html       5,000 entries, bad texts among them
--   sub/few.html     a few, whose files are beside its folder
-- and the pictures, small ones.

local page = require "liangxin.cli.gallery.page"
local paint = require("liangxin.paint").paint

local out = arg[1]
local ENTRIES, PICTURES = 5000, 200
local SHAPES = { { 64, 64 }, { 96, 54 }, { 54, 96 }, { 80, 60 } }
local MODELS = { "z-image", "flux-2-pro", "seedream-4-5" }

local function write(name, bytes)
  local file = assert(io.open(out .. "/" .. name, "wb"))
  file:write(bytes)
  file:close()
end

-- Each prompt of these is found by the word in front.
local BAD = {
  "markup </script><script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'>",
  "comment <!-- <script> --> &amp; &#60; \"quoted\" 'too' @style@ %1",
  "invalid \255\254 bytes \237\160\128 and a \0 byte",
  "mirrored \226\128\174txet\226\128\172 منظر طبيعي",
  "separators \226\128\168 and \226\128\169 in it",
}

local entries = {}
for i = 1, ENTRIES do
  local shape = SHAPES[i % #SHAPES + 1]
  entries[i] = {
    file = ("pictures/a b#%d.png"):format(i % PICTURES),
    model = MODELS[i % #MODELS + 1],
    prompt = BAD[i] or "a lighthouse, number " .. i,
    label = "shot/" .. i,
    task_id = "lx_task_" .. i,
    seed = i == 6 and "18446744073709551615" or i,
    seconds = i % 90 / 2,
    credits = 8.5,
    when = 1790000000 - i * 60,
    ratio = shape[1] / shape[2],
  }
end
entries[7].file = "pictures/gone.png"
entries[8].file = "pictures/clip.webm"
entries[8].prompt = "a clip of colours"

for i = 0, PICTURES - 1 do
  local shape = SHAPES[i % #SHAPES + 1]
  local order = { width = shape[1], height = shape[2], prompt = "a lighthouse", model = "m", seed = i }
  write(("pictures/a b#%d.png"):format(i), paint(order))
end
assert(page.write(out .. "/index.html", {
  title = "A <b>title</b> & more",
  text = "What the test looks at.",
  facts = { { "5,000", "files" } },
  entries = entries,
}))
assert(page.write(out .. "/sub/few.html", {
  title = "A few",
  listed = "In order",
  entries = {
    { file = "../pictures/a b#1.png", prompt = "first" },
    { file = "../pictures/a b#2.png", prompt = "second", when = 1790000000 },
  },
}))
