-- A binary heap: the item with the least `due` first, of equal ones the one
-- that was put in first. Pure.

local heap = {}

local Heap = {}
Heap.__index = Heap

function heap.new()
  return setmetatable({ count = 0, puts = 0 }, Heap)
end

local function is_before(a, b)
  return a.due < b.due or (a.due == b.due and a.put < b.put)
end

---@param item any
---@param due number
function Heap:push(item, due)
  local entry = { item = item, due = due, put = self.puts }
  self.puts = self.puts + 1
  local i = self.count + 1
  self.count = i
  while i > 1 do
    local parent = math.floor(i / 2)
    if not is_before(entry, self[parent]) then
      break
    end
    self[i] = self[parent]
    i = parent
  end
  self[i] = entry
end

---The first item and when it is due; nil when there is none.
function Heap:first()
  local entry = self[1]
  if entry then
    return entry.item, entry.due
  end
end

---Takes the first item out.
function Heap:pop()
  local top, last = self[1], self[self.count]
  self[self.count] = nil
  self.count = self.count - 1
  local i = 1
  while 2 * i <= self.count do
    local child = 2 * i
    if child < self.count and is_before(self[child + 1], self[child]) then
      child = child + 1
    end
    if not is_before(self[child], last) then
      break
    end
    self[i] = self[child]
    i = child
  end
  if self.count > 0 then
    self[i] = last
  end
  return top.item
end

return heap
