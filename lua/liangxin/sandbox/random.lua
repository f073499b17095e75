-- Small numbers that look random, the same on every Lua: no math.random,
-- whose sequences differ between versions, and no bit operators.

local random = {}

local MODULUS = 4294967296

-- (a * b) % 2^32 without losing bits to the 53 of a double.
local function multiply(a, b)
  local high, low = math.floor(a / 65536), a % 65536
  return ((high * b) % 65536 * 65536 + low * b) % MODULUS
end

---A 32-bit number made of a text, and of a number if given.
function random.hash(text, number)
  local h = (5381 + (number or 0)) % MODULUS
  for i = 1, #text do
    h = (h * 33 + text:byte(i)) % MODULUS
  end
  h = multiply((h + 0x9e3779b9) % MODULUS, 0x85ebca6b)
  h = (h + math.floor(h / 8192)) % MODULUS
  return multiply(h, 0xc2b2ae35)
end

---A generator of 32-bit numbers.
function random.generator(seed)
  local state = random.hash("sandbox", seed)
  return function()
    state = (multiply(state, 1664525) + 1013904223) % MODULUS
    -- The low bits of such a sequence have short periods.
    return math.floor(state / 256) % 16777216
  end
end

return random
