-- Many pictures, three at a time, and one that goes wrong without stopping the
-- others: an error that is returned is a value like any other.
--
-- The words in brackets mean something to the sandbox only: it makes that task
-- fail, or refuses twice first, which the client tries again by itself.

package.path = arg[0]:match "^(.-)[^/\\]*$" .. "?.lua;" .. package.path
local service = require "support.service"

local folder = arg[1] or "demo"
local client = service.open()

local PROMPTS = {
  "a red kite over dunes",
  "a green kite over a harbour",
  "a kite that never flies [fail]",
  "a blue kite over snow [503]",
  "a white kite over a forest",
  "a yellow kite at night",
}

local function make(prompt, i)
  local result, err = client:generate("z-image", {
    prompt = prompt,
    image_size = "square",
    seed = i,
  })
  if not result then
    return { err = err }
  end
  local files
  files, err = result:save(folder .. "/")
  return { path = files and files[1].path, err = err }
end

-- Results come in the order of the list. Had `make` raised (with
-- liangxin.check, say), map would cancel the rest and raise it here.
local made = client:map(PROMPTS, make, { concurrency = 3 })

local failed = 0
for i, prompt in ipairs(PROMPTS) do
  local err = made[i].err
  failed = failed + (err and 1 or 0)
  print(("%-32s %s"):format(prompt, err and err.kind .. ": " .. err.message or made[i].path))
end
local stats = client:stats()
print(("%d saved, %d failed; %d requests, %d of them sent again after a refusal")
  :format(#PROMPTS - failed, failed, stats.requests, stats.retries))
client:close()
