-- Writes Markdown, and knows which anchors GitHub gives to headings.

local markdown = {}

local Writer = {}
Writer.__index = Writer

function markdown.new()
  return setmetatable({ blocks = {} }, Writer)
end

local COLUMNS = 120

-- One line, broken at blanks; a link or a piece of code may have some.
local function wrap(line)
  local out, row = {}, ""
  local safe = line:gsub("`[^`]*`", function(code)
    return (code:gsub(" ", "\0"))
  end)
  for word in safe:gmatch("[^ ]+") do
    if row ~= "" and #row + 1 + #word > COLUMNS then
      out[#out + 1], row = row, word
    else
      row = row == "" and word or row .. " " .. word
    end
  end
  out[#out + 1] = row
  return (table.concat(out, "\n"):gsub("%z", " "))
end

---Add a block. Lines of paragraphs are wrapped.
function Writer:add(text)
  if text == "" then
    return
  end
  if not text:find("^[|#<]") and not text:find("^```") then
    text = text:gsub("[^\n]+", function(line)
      return #line > COLUMNS and not line:find("^|") and wrap(line) or line
    end)
  end
  table.insert(self.blocks, text)
end

function Writer:heading(level, text)
  self:add(("#"):rep(level) .. " " .. text)
end

function Writer:code(text)
  self:add("```lua\n" .. text .. "\n```")
end

local function row_of(cells)
  for i, cell in ipairs(cells) do
    cells[i] = cell:gsub("|", "\\|"):gsub("\n", " ")
  end
  return "| " .. table.concat(cells, " | ") .. " |"
end

function Writer:table(head, rows)
  local lines = { row_of(head), "|" .. ("---|"):rep(#head) }
  for _, cells in ipairs(rows) do
    lines[#lines + 1] = row_of(cells)
  end
  self:add(table.concat(lines, "\n"))
end

function Writer:text()
  return table.concat(self.blocks, "\n\n") .. "\n"
end

---Iterates over the headings of a page, without their "#".
function markdown.headings(text)
  local plain = ("\n" .. text):gsub("\n```.-\n```", "")
  return plain:gmatch("\n#+ ([^\n]*)")
end

---A function that gives the anchor of each heading of one page, in order.
function markdown.slugs()
  local used = {}
  return function(heading)
    local text = heading:gsub("%[(.-)%]%(.-%)", "%1"):lower()
    local slug = text:gsub("[^%w\128-\255 _-]", ""):gsub(" ", "-")
    local count = used[slug]
    used[slug] = (count or 0) + 1
    return count and slug .. "-" .. count or slug
  end
end

return markdown
