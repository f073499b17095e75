-- The commands about the journal: watch, resume, save by key, spend, resolve,
-- export, prune.

local cli = require("spec.support.cli")
local json = require("liangxin.cli.json")
local liangxin = require("liangxin")
local sandbox_module = require("liangxin.sandbox")
local screen_module = require("spec.support.screen")

local it_runs = cli.has_shell and it or pending
local it_shows = screen_module.has_tmux and it or pending

describe("the journal in the program", function()
  local sandbox, home

  before_each(function()
    sandbox = assert(sandbox_module.start({ seconds = 0.1, side = 64 }))
    home = cli.home():use(sandbox)
  end)

  after_each(function()
    sandbox.stop()
    home:remove()
  end)

  -- A task with the key "slow" whose program was killed: a shell does that as soon as
  -- it tells of the task.
  local function kill_one()
    local command = home:command("generate z-image '[slow] x' --key slow -o pictures/ --progress plain")
    local script = home:write("kill.sh", "(" .. command .. ") 2>said &\npid=$!\n"
      .. "until grep -q ': waiting' said; do sleep 0.05; done\nkill -KILL $pid\n"
      .. "wait $pid\nexit 0\n")
    os.execute("cd " .. cli.quote(home.path) .. " && sh " .. cli.quote(script) .. " 2>killed")
    assert.equal(1, sandbox.counters().billed)
  end

  -- Of a program with this journal that wants no files.
  local function with_client(fn)
    local client = liangxin.new({ base_url = sandbox.base_url, api_key = sandbox.api_key,
      journal = home.path .. "/data/liangxin/journal.db" })
    fn(client)
    client:close()
  end

  it_runs("is resumed after a kill: what is paid for is saved, nothing is sent", function()
    kill_one()
    local said = home:run("resume")
    assert.equal(0, said.status)
    assert.matches("^pictures/lx_task_[%w]+%-1%.png\n$", said.out)
    assert.matches("1 finished, 0 not", said.err)
    assert.equal(1, sandbox.counters().creates)
    said = home:run("resume")
    assert.same({ 0, "" }, { said.status, said.out })
  end)

  it_runs("makes no second task for a key, and knows its files", function()
    assert.equal("a.png\n", home:run("generate z-image x --key hero -o a.png -q").out)
    assert.equal("a.png\n", home:run("generate z-image x --key hero -o a.png -q").out)
    assert.equal(1, sandbox.counters().billed)
    assert.equal("b.png\n", home:run("save hero -o b.png -q").out)
    local said = home:run("generate z-image y --key hero -q")
    assert.equal(1, said.status)
    assert.matches("input.prompt", said.err, 1, true)
  end)

  it_runs("says that a word is neither an id nor a key", function()
    local said = home:run("save hreo -o b.png --deadline 5")
    assert.equal("", said.out)
    assert.matches("the journal has no key hreo either", said.err, 1, true)
  end)

  it_runs("tells what was spent", function()
    home:run("generate z-image x -n 3 -q")
    home:run("generate kling-v3-pro x -q")
    local said = home:run("spend --since 1d")
    assert.equal(0, said.status)
    assert.matches("\nz%-image +3 +25%.5 +0\n", said.out)
    assert.matches("\nall +4 +145%.5 +0\n$", said.out)
    local rows = {}
    for line in home:run("spend --by day --json").out:gmatch("[^\n]+") do
      rows[#rows + 1] = json.decode(line)
    end
    assert.same({ 4, 145.5 }, { rows[1].tasks, rows[1].charged })
    assert.equal(2, home:run("spend --since soon").status)
  end)

  it_runs("lists what is unknown, and is told what came of it", function()
    home:write("rows.csv", "key,model,prompt\na,z-image,[lost] x\nb,z-image,[lost] y\n")
    assert.equal(5, home:run("batch rows.csv -q").status)
    local said = home:run("resolve")
    assert.equal(5, said.status)
    assert.matches("^a  z%-image  %d+%-%d+%-%d+ %d+:%d+  0 credits reserved\nb  ", said.out)
    assert.equal("a", json.decode(home:run("resolve --json").out:match("^[^\n]+")).key)
    assert.equal(0, home:run("resolve a charged").status)
    assert.equal(1, home:run("resolve a charged").status) -- it is not unknown any more
    assert.equal(1, home:run("resolve c nothing").status)
    said = home:run("resolve --all nothing")
    assert.matches("^1 resolved\n$", said.err)
    assert.equal(0, home:run("resolve").status)
    for _, words in ipairs({ "a", "a b c", "--all", "--all lx_1" }) do
      assert.equal(2, home:run("resolve " .. words).status)
    end
  end)

  it_runs("is exported and forgotten", function()
    home:run("generate z-image x --key one -q")
    local line = json.decode(home:run("export").out)
    assert.same({ "one", "saved" }, { line.key, line.state })
    assert.equal(0, home:run("export -o all.jsonl").status)
    assert.matches('"one"', home:read("all.jsonl"), 1, true)
    assert.equal(1, home:run("export -o all.jsonl").status)
    assert.matches("^0 forgotten\n", home:run("prune --before 30d").err)
    assert.equal(2, home:run("prune").status)
  end)

  it_runs("is watched until nothing is open", function()
    local said = home:run("watch")
    assert.same({ 0, "" }, { said.status, said.out })
    home:run("generate z-image x --key one -q")
    said = home:run("watch one --json")
    assert.same({ 0, "saved" }, { said.status, json.decode(said.out).state })
  end)

  it_runs("is not watched for a key that it does not have", function()
    local said = home:run("watch hreo")
    assert.same({ 1, "" }, { said.status, said.out })
    assert.matches("the journal has no key hreo; `liangxin export` shows what it has", said.err, 1, true)
  end)

  it_runs("is watched until nobody works at what is left, and says how to go on", function()
    kill_one()
    local said = home:run("watch")
    assert.same({ 3, "slow: accepted\n" }, { said.status, said.out })
    assert.matches("^1 not finished, and nobody is at it: go on with: liangxin resume\n$", said.err)
    assert.equal(3, home:run("watch slow").status)
    assert.equal(0, home:run("resume -q").status)
    said = home:run("watch")
    assert.same({ 0, "", "nothing is open\n" }, { said.status, said.out, said.err })
  end)

  it_runs("is watched beyond what a program has made without files", function()
    home:run("spend") -- the folder is made
    with_client(function(client)
      assert(client:generate("z-image", { prompt = "x" }, { key = "made" }))
    end)
    local said = home:run("watch")
    assert.same({ 0, "", "1 made and not saved: liangxin save made -o FOLDER/\n" }, { said.status, said.out, said.err })
    assert.same({ 0, "made: succeeded\n" }, { home:run("watch made").status, home:run("watch made").out })
    assert.matches("^out/[^\n]+%.png\n$", home:run("save made -o out/ -q").out)
    assert.equal("nothing is open\n", home:run("watch").err)
    assert.equal("made: saved\n", home:run("watch made").out)
  end)

  it_runs("has no more to resume where `save` has put it elsewhere", function()
    kill_one()
    assert.equal("elsewhere.png\n", home:run("save slow -o elsewhere.png -q").out)
    local said = home:run("resume")
    assert.same({ 0, "" }, { said.status, said.out })
    assert.matches("^0 finished, 0 not\n$", said.err)
    assert.same({ 0, "" }, { home:run("watch").status, home:run("watch").out })
    assert.equal("elsewhere.png\n", home:run("generate z-image '[slow] x' --key slow -o pictures/ -q").out)
    assert.equal(1, sandbox.counters().billed)
  end)

  it_shows("has nothing open, which a terminal shows", function()
    local screen = screen_module.start(home, home:command("watch"), 60, 20)
    local ok, raised = pcall(screen.wait, screen, "^nothing is open\nended 0$")
    screen:close()
    assert(ok, raised)
  end)

  it_shows("is watched from another terminal", function()
    sandbox.stop()
    sandbox = assert(sandbox_module.start({ seconds = 600, side = 64 }))
    home:use(sandbox)
    local first = screen_module.start(home, home:command("generate z-image x --key hero"), 80, 20)
    local ok, raised = pcall(function()
      first:wait("waiting")
      local second = screen_module.start(home, home:command("watch"), 60, 20)
      local watched, why = pcall(function()
        second:wait("^hero +accepted +%d+ s +z%-image\n1 open$")
        second:keys("C-c")
        second:wait("ended 130")
      end)
      second:close()
      assert(watched, why)
    end)
    first:close()
    assert(ok, raised)
  end)

  it_runs("is shown by the example for shells", function()
    home:write("liangxin", "#!/bin/sh\n" .. home:command('"$@"'):gsub("^cd .- && ", "") .. "\n")
    os.execute("chmod +x " .. cli.quote(home.path .. "/liangxin"))
    local pipe = io.popen(("LIANGXIN=%s sh examples/shell.sh %s 2>&1; echo \"ended $?\""):format(
      cli.quote(home.path .. "/liangxin"), cli.quote(home.path .. "/demo")))
    local text = pipe:read("*a")
    pipe:close()
    assert.matches("ended 0\n$", text)
    assert.matches("/demo/lighthouse%.png\n", text)
    assert.matches("3 rows can be sent\n", text)
    assert.matches("\nsaved +3, 3 of them by an earlier run\n", text)
    assert.matches("\nall +4 +34 +0\n", text)
  end)

  it_runs("is what these commands are about", function()
    for _, command in ipairs({ "spend", "resume", "watch", "resolve", "export", "prune --before 1d" }) do
      local said = home:run("--no-journal " .. command)
      assert.equal(2, said.status)
      assert.matches("leave out --no-journal", said.err, 1, true)
    end
  end)

  it_runs("says where it cannot be, and that there is a way without", function()
    home:write("file", "")
    local said = home:run("generate z-image x", { env = { XDG_DATA_HOME = home.path .. "/file" } })
    assert.equal(2, said.status)
    assert.matches("--no-journal goes without", said.err, 1, true)
    said = home:run("--no-journal generate z-image x -q", { env = { XDG_DATA_HOME = home.path .. "/file" } })
    assert.equal(0, said.status)
    home:write("config/liangxin/config.lua", "return { budget = { credits = 1 } }")
    assert.matches("needs the journal", home:run("--no-journal generate z-image x").err, 1, true)
    assert.equal(6, home:run("generate z-image x -q").status)
  end)
end)
