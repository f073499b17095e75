-- The programs on the project's pages: Lua blocks that follow a line
-- <!-- runs -->, and the block of text below one, which is what it prints.

local programs = require("spec.support.programs")

local M = {}

--- Of the page at `path`: a list of code, prints (nil: the page does not say)
--- and title, the heading above or the program's first words.
function M.programs(path)
  local found = {}
  local text = programs.read(path)
  for start, code, rest in text:gmatch("()<!%-%- runs %-%->\n```lua\n(.-)```\n()") do
    local heading
    for line in text:sub(1, start):gmatch("\n#+ ([^\n]+)") do
      heading = line
    end
    found[#found + 1] = {
      code = code,
      prints = text:sub(rest):match("^\n```text\n(.-)```\n"),
      title = heading or code:match("^[%-%s]*([^\n]*)"),
    }
  end
  return found
end

-- "..." stands for anything.
local function pattern_of(line)
  return "^" .. line:gsub("%p", "%%%0"):gsub("%%%.%%%.%%%.", ".-") .. "$"
end

--- Assert that each line of `prints` is one of `output`, once, in any order:
--- what ends when is the service's affair.
function M.assert_prints(prints, output)
  local lines = {}
  for line in output:gmatch("([^\n]*)\n") do
    lines[#lines + 1] = line
  end
  for line in prints:gmatch("([^\n]*)\n") do
    local at
    for i = 1, #lines do
      at = at or (lines[i]:find(pattern_of(line)) and i)
    end
    assert(at, ("not printed: %s\n%s"):format(line, output))
    table.remove(lines, at)
  end
end

return M
