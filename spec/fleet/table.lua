-- The storm's table, and the count of what passed.

local M = { passed = 0, failed = 0 }

local SHOWN = 10

--- A row; with `is_good`, one that counts.
function M.row(name, value, is_good)
  print(("%-46s %s%s"):format(name, tostring(value), is_good == false and "  FAILED" or ""))
  if is_good ~= nil then
    local which = is_good and "passed" or "failed"
    M[which] = M[which] + 1
  end
end

--- The first of what is wrong.
function M.show(what, list)
  for i = 1, math.min(#list, SHOWN) do
    print(("  %s: %s"):format(what, list[i]))
  end
end

function M.show_states(states)
  for state, count in pairs(states) do
    print(("  %d %s"):format(count, state))
  end
end

--- The last line, and the program's end. `said`: what workers said, for failures.
function M.finish(said)
  if M.failed > 0 then
    M.show("a worker said", said)
  end
  print(("%d passed, %d failed"):format(M.passed, M.failed))
  os.exit(M.failed == 0 and 0 or 1)
end

return M
