-- What goes on, as a person sees it in a terminal: at several widths, resized, and
-- what is left on the screen at the end.

local cli = require("spec.support.cli")
local live = require("liangxin.cli.live")
local pictures = require("liangxin.cli.pictures")
local sandbox_module = require("liangxin.sandbox")
local screen_module = require("spec.support.screen")
local text = require("liangxin.cli.text")

local it_shows = screen_module.has_tmux and it or pending

-- How many lines begin like that.
local function count(lines, pattern)
  local number = 0
  for _, line in ipairs(lines) do
    number = number + (line:find(pattern) and 1 or 0)
  end
  return number
end

describe("progress", function()
  local sandbox, home, screen

  before_each(function()
    home = cli.home()
  end)

  after_each(function()
    if screen then
      screen:close()
      screen = nil
    end
    if sandbox then
      sandbox.stop()
      sandbox = nil
    end
    home:remove()
  end)

  -- A sandbox whose tasks do not end meanwhile.
  local function start_slow(seconds)
    sandbox = assert(sandbox_module.start({ seconds = seconds or 600, side = 64 }))
    home:use(sandbox)
  end

  local ROWS = "key,model,prompt\nfirst,z-image,a\n茶屋-second-with-a-name-that-is-long,z-image,b\nthird,z-image,c\n"

  for _, columns in ipairs({ 40, 80, 200 }) do
    it_shows(("fits a terminal of %d columns"):format(columns), function()
      start_slow()
      home:write("rows.csv", ROWS)
      screen = screen_module.start(home, home:command("batch rows.csv"), columns, 20)
      local lines = screen:wait(function(_, lines)
        return count(lines, "^%S+ +waiting +%d+ s") == 3
      end)
      assert.equal(1, count(lines, "^0 of 3 saved, 3 running"))
      assert.equal(4, #lines)
      for _, line in ipairs(lines) do
        assert.is_true(text.width(line) < columns, line)
      end
    end)
  end

  it_shows("is right again after the terminal was resized", function()
    start_slow()
    home:write("rows.csv", ROWS)
    screen = screen_module.start(home, home:command("batch rows.csv"), 100, 20)
    screen:wait("3 running")
    for _, columns in ipairs({ 30, 100, 24, 60 }) do
      screen:resize(columns, 20)
      -- Above it may stand what was drawn while the terminal was about to change.
      screen:wait(function(_, lines)
        local last, widest = {}, 0
        for i = math.max(1, #lines - 3), #lines do
          last[#last + 1] = lines[i]:match("^%S+ ")
          widest = math.max(widest, text.width(lines[i]))
        end
        return widest < columns and widest > columns / 2 - 8 and last[1] == "first " and last[3] == "third "
          and last[4] == "0 "
      end)
    end
  end)

  it_shows("shows as many tasks as there are rows, and the total", function()
    start_slow()
    local rows = { "key,model,prompt" }
    for i = 1, 16 do
      rows[i + 1] = ("k%d,z-image,p"):format(i)
    end
    home:write("rows.csv", table.concat(rows, "\n"))
    screen = screen_module.start(home, home:command("batch rows.csv"), 80, 8)
    screen:wait(function(_, lines)
      return #lines == 7 and count(lines, "^k%d") == 6 and lines[7]:find("^0 of 16 saved, 16 running")
    end)
    -- Drawn many times, from the screen's first row: none is left above.
    screen:wait(function(shown)
      return (tonumber(shown:match("^k1 +waiting +(%d+) s")) or 0) >= 2
    end)
    assert.equal("0\n", screen:tmux("display-message -p '#{history_size}'"))
  end)

  it_shows("leaves the results, and the cursor where the shell goes on", function()
    start_slow(0.5)
    home:write("rows.csv", ROWS:gsub("\nthird,z%-image,c", "\nthird,z-image,[fail] c"))
    screen = screen_module.start(home, home:command("batch rows.csv"), 120, 30)
    local lines = screen:wait("ended %d")
    assert.equal(2, count(lines, "%-1%.png$"))
    assert.equal(1, count(lines, "^liangxin: third: the task failed"))
    assert.equal(1, count(lines, "^saved +2$"))
    assert.equal(0, count(lines, "running"))
    assert.equal("ended 1", lines[#lines])
    local x, y = screen:cursor()
    assert.same({ "0", tostring(#lines) }, { x, y })
  end)

  it_shows("tells the time that is left, once it has learned how long tasks take", function()
    start_slow()
    -- As an earlier run has learned it: the same file, with tasks of some minutes.
    sandbox.stop()
    sandbox = assert(sandbox_module.start({ seconds = 2, side = 64 }))
    home:use(sandbox)
    assert.equal(0, home:run("generate z-image x -q").status)
    screen = screen_module.start(home, home:command("generate z-image y -o b.png"), 80, 20)
    screen:wait("z%-image  %a+  %d s  ~%d s left")
    screen:wait("ended 0")
  end)

  it_shows("has colours only without NO_COLOR", function()
    local function failure(env)
      screen = screen_module.start(home, home:command("models no-such", env), 80, 20)
      screen:wait("ended 2")
      local line = screen:lines(true)[1]
      screen:close()
      return line
    end
    assert.matches("^\27%[31mliangxin:\27%[39m the catalogue", failure())
    assert.matches("^liangxin: the catalogue", failure({ NO_COLOR = "1" }))
    assert.matches("^liangxin: the catalogue", failure({ TERM = "dumb" }))
  end)

  it_shows("goes on without a stdin, and asks nothing", function()
    start_slow(0.2)
    screen = screen_module.start(home, home:command("generate z-image x -o a.png --show none") .. " <&-", 80, 20)
    local lines = screen:wait("ended 0")
    assert.equal(1, count(lines, "^a%.png$"))
  end)

  it_shows("shows the picture where chafa is installed, as symbols in tmux", function()
    start_slow(0.2)
    home:write("chafa", "#!/bin/sh\necho \"picture: $*\"\n")
    os.execute("chmod +x " .. cli.quote(home.path .. "/chafa"))
    local path = { PATH = home.path .. ":" .. os.getenv("PATH") }
    screen = screen_module.start(home, home:command("generate z-image x -o a.png", path), 80, 20)
    local lines = screen:wait("ended 0")
    assert.equal(1, count(lines, "^a%.png$"))
    assert.equal(1, count(lines, "^picture: %-%-animate off %-%-size 80x18 %-%-format symbols a%.png$"))
    screen:close()
    screen = screen_module.start(home, home:command("generate z-image x -o b.png --show none", path), 80, 20)
    assert.equal(0, count(screen:wait("ended 0"), "^picture: "))
  end)

  it_shows("writes a plain line per change where stderr is no terminal", function()
    start_slow(0.2)
    local said = home:run("generate z-image x")
    assert.is_nil(said.err:find("[\27\r]"))
    assert.matches("^z%-image: waiting", said.err)
    assert.equal("", home:run("generate z-image x --progress none").err)
  end)
end)

describe("a picture", function()
  local it_quotes = package.config:sub(1, 1) == "/" and it or pending

  it_quotes("is shown by a command that quotes its path", function()
    assert.equal("chafa --animate off --size 80x24 --format kitty 'it'\\''s.png'",
      pictures.command("it's.png", "kitty", 200, 60))
  end)

  it("is not shown where nobody looks", function()
    assert.is_false(pictures.can_show("none"))
    assert.is_nil(cli.has_shell and not require("liangxin.core").terminal.is_terminal(0) and live.new(0) or nil)
  end)
end)
