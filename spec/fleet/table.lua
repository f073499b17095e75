-- The storm's table, and the count of what passed.

local M = { passed = 0, failed = 0 }

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
  for i = 1, math.min(#list, 10) do
    print(("  %s: %s"):format(what, list[i]))
  end
end

--- The last line, and the program's end.
function M.finish()
  print(("%d passed, %d failed"):format(M.passed, M.failed))
  os.exit(M.failed == 0 and 0 or 1)
end

return M
