-- operations.lua: the scheduler's methods for operations of the core: what their
-- numbers stand for.
--
-- A number is that of a slot plus SLOTS times one that counts all: no number
-- comes twice, and `ops` stays dense. Under keys that only grow, Lua would build
-- a table that is nearly full anew for each operation. What finds no slot stands
-- under its number.

local SLOTS = 1048576

local Operations = {}

--- The operation that has this number, or nil.
function Operations:find(id)
  local op = self.ops[id % SLOTS]
  if not op or op._op ~= id then
    op = self.ops[id]
  end
  return op
end

-- A new number, and the place in `ops` that goes with it.
local function give_number(self)
  local slot, count = 0, self.vacant_count
  if count > 0 then
    slot, self.vacant_count = self.vacant[count], count - 1
  elseif self.slots < SLOTS - 1 then
    slot = self.slots + 1
    self.slots = slot
  end
  self.numbered = self.numbered + 1
  local id = self.numbered * SLOTS + slot
  return id, slot > 0 and slot or id
end

local function vacate(self, place)
  self.ops[place] = nil
  if place < SLOTS then
    local count = self.vacant_count + 1
    self.vacant[count], self.vacant_count = place, count
  end
end

--- Give `op` a number and submit it: handle[method](handle, number, ...).
--- nil, kind when the core refuses.
function Operations:submit(op, method, ...)
  if self.closed then
    return nil, "closed" -- a callback closed it meanwhile
  end
  local id, place = give_number(self)
  local ok, kind = self.handle[method](self.handle, id, ...)
  if not ok then
    vacate(self, place)
    return nil, kind
  end
  self.open = self.open + 1
  self.ops[place] = op
  op._op = id
  return true
end

-- Give `ops`, by row, numbers and put their watches together; how many they are.
local function number_rows(self, rows, ops, wants_records)
  local count = 0
  for i = 1, #rows do
    local op = ops[i]
    if op then
      op._op = give_number(self)
      rows:watch(i, op._op, op._deadline, wants_records)
      count = count + 1
    end
  end
  return count
end

--- Submit the watches of `ops`, some of `rows` by their numbers, together; nil,
--- kind when the core refuses.
function Operations:submit_rows(rows, ops, wants_records)
  if self.closed then
    return nil, "closed"
  end
  local count = number_rows(self, rows, ops, wants_records)
  local ok, kind = true, nil
  if count > 0 then
    ok, kind = self.handle:watch_rows(rows)
  end
  for i = 1, #rows do
    local op = ops[i]
    if op then
      local slot = op._op % SLOTS
      self.ops[slot > 0 and slot or op._op] = ok and op or nil
      if not ok then
        vacate(self, slot > 0 and slot or op._op)
      end
    end
  end
  self.open = self.open + (ok and count or 0)
  return ok, kind
end

--- The same under a number that the core has already.
function Operations:resubmit(op, id, method, ...)
  if self.closed then
    return nil, "closed"
  end
  local ok, kind = self.handle[method](self.handle, id, ...)
  if not ok then
    return nil, kind
  end
  if self:find(id) ~= op then
    self.open = self.open + 1
    self.ops[id] = op
  end
  op._op = id
  return true
end

--- Give `op` a number without an operation in the core, for what other threads
--- post. It is no open work: nobody waits for it, and it is never released.
function Operations:expect(op)
  local id, place = give_number(self)
  self.ops[place] = op
  op._op = id
  return id
end

--- The operation has had its last event.
function Operations:release(op)
  local id = op._op
  if id and self:find(id) == op then
    vacate(self, self.ops[id] == op and id or id % SLOTS)
    self.open = self.open - 1
  end
end

--- Cancel the operation in the core, but keep its number here.
function Operations:cancel(op)
  if not self.closed then
    self.handle:cancel(op._op)
  end
end

--- Cancel the operation and forget it.
function Operations:abandon(op)
  if op._op and self:find(op._op) == op then
    self.handle:cancel(op._op)
    self:release(op)
  end
end

return Operations
