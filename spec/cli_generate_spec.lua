-- `liangxin generate`, against the sandbox: what is sent, what is written where,
-- how it ends.

local cli = require("spec.support.cli")
local folder = require("spec.support.folder")
local json = require("liangxin.cli.json")

local it_runs = cli.has_shell and it or pending

describe("liangxin generate", function()
  local sandbox, home

  cli.serve({ speed = 200, balance = 1000 }, function(service, own)
    sandbox, home = service, own
  end)

  -- The inputs of the creates that arrived, as tables.
  local function sent()
    local inputs = {}
    for _, request in ipairs(sandbox.requests()) do
      if request.path:find("createTask") then
        inputs[#inputs + 1] = json.decode(request.body).input
      end
    end
    return inputs
  end

  it_runs("sends nothing where nothing can be saved", function()
    home:write("notes", "a file, no folder")
    for _, target in ipairs({ "notes/", "notes/deeper/", "notes/a.png" }) do
      local said = home:run("generate z-image 'a tea house' -o " .. target)
      assert.same({ 2, "" }, { said.status, said.out })
      assert.matches("^liangxin: nothing can be saved in notes/.*: name another folder with %-o", said.err)
    end
    assert.same({}, sent())
  end)

  it_runs("says how to save elsewhere what is paid for", function()
    local long = ("n"):rep(300) -- which no file system has, and none tells before
    local said = home:run("generate z-image 'a tea house' --template '" .. long .. "{n}.{ext}'")
    assert.equal(3, said.status)
    local task_id = said.err:match("liangxin: to save it elsewhere: liangxin save (%S+) %-o FOLDER/\n")
    assert.same({ 0, "there/" .. task_id .. "-1.png\n" }, { (function(again)
      return again.status, again.out
    end)(home:run("save " .. task_id .. " -o there/")) })
    assert.equal(1, #sent())
  end)

  it_runs("saves a picture and writes its path, nothing else, to stdout", function()
    local said = home:run("generate z-image 'a tea house' seed=7 enable_safety_checker=no")
    assert.equal(0, said.status)
    local path = said.out:match("^([^\n]+)\n$")
    assert.equal("\137PNG", home:read(path):sub(1, 4))
    assert.same({ { prompt = "a tea house", seed = 7, enable_safety_checker = false } }, sent())
    assert.matches("z%-image: saved", said.err)
    assert.is_nil(said.err:find("\27", 1, true))
  end)

  it_runs("makes several at once, with seeds that differ", function()
    local said = home:run("generate z-image 'a tea house' -n 3 seed=5 -o out --template '{prompt}/{seed}-{n}.{ext}' -q")
    assert.equal(0, said.status)
    assert.equal("", said.err)
    local seeds = {}
    for _, input in ipairs(sent()) do
      seeds[#seeds + 1] = input.seed
    end
    table.sort(seeds)
    assert.same({ 5, 6, 7 }, seeds)
    assert.same({ "5-1.png", "6-2.png", "7-3.png" }, folder.list(home.path .. "/out/a_tea_house"))
    home:run("generate z-image 'a tea house' -n 2 -q")
    assert.not_equal(sent()[4].seed, sent()[5].seed)
  end)

  it_runs("reads the prompt from stdin", function()
    assert.equal(0, home:run("generate z-image - -q", { stdin = "from\na pipe\n" }).status)
    assert.equal("from\na pipe", sent()[1].prompt)
  end)

  it_runs("sends a picture of this machine", function()
    home:run("generate z-image 'a pond' -o pond.png -q")
    assert.equal(0, home:run("generate nano-banana-pro 'at night' reference_images=@pond.png -q").status)
    assert.matches("^data:image/png;base64,", sent()[2].reference_images[1])
  end)

  it_runs("saves as the file that is named, and never over another", function()
    assert.equal("a.png\n", home:run("generate z-image x -o a.png -q").out)
    local before = home:read("a.png")
    assert.equal("a-2.png\n", home:run("generate z-image y -o a.png -q").out)
    assert.equal(before, home:read("a.png"))
  end)

  it_runs("gives JSON, one object a line", function()
    local said = home:run("generate z-image x -o a.png --json -q")
    local line = json.decode(said.out)
    assert.same({ "a.png" }, line.files)
    assert.same({ "z-image", "saved", 8.5 }, { line.model, line.state, line.credits })
    assert.is_string(line.task_id)
    said = home:run("generate z-image '[fail] x' --json -q")
    line = json.decode(said.out)
    assert.same({ "failed", "task_failed" }, { line.state, line.error.kind })
    assert.equal(1, said.status)
  end)

  it_runs("tells each change as JSON on stderr, where that is wanted", function()
    local said = home:run("generate z-image x --progress json")
    local events = {}
    for line in said.err:gmatch("[^\n]+") do
      events[#events + 1] = json.decode(line).event
    end
    assert.equal("waiting", events[1])
    assert.equal("saved", events[#events])
  end)

  it_runs("says what would be sent and what it costs", function()
    home:write("config/liangxin/config.lua", "return { prices = { ['z-image'] = 4.25 } }")
    local said = home:run("generate z-image x -n 2 seed=1 --dry-run")
    assert.equal(0, said.status)
    assert.same({ model = "z-image", input = { prompt = "x", seed = 1 } }, json.decode(said.out:match("^[^\n]+")))
    assert.matches("2 x z-image: 8.5 credits, 4.25 each", said.err, 1, true)
    assert.same({}, sent())
  end)

  for arguments, case in pairs({
    ["z-image x sead=1"] = { 2, 'input.sead is unknown: did you mean "seed"?' },
    ["z-imge x"] = { 2, 'model "z-imge" is unknown: did you mean "z-image"?' },
    ["z-image"] = { 2, "input.prompt is required" },
    ["z-image x y"] = { 2, '"y" is no parameter: put the prompt into quotes' },
    ["z-image x prompt=y"] = { 2, "input.prompt is given twice" },
    ["z-image x seed=abc"] = { 2, 'input.seed is "abc": it must be an integer' },
    ["z-image x -n 0"] = { 2, "'0': it must be a whole number from 1" },
    ["z-image x --template '../{n}'"] = { 2, "a name stays in the folder of the results" },
    ["z-image x --progress loud"] = { 2, "must be one of 'auto', 'plain', 'json', 'none'" },
    ["z-image $(printf '\\377')"] = { 2, "input.prompt is no UTF-8" },
  }) do
    it_runs("refuses, and sends nothing: " .. arguments, function()
      local said = home:run("generate " .. arguments)
      assert.equal(case[1], said.status)
      assert.equal("", said.out)
      assert.matches(case[2], said.err, 1, true)
      assert.same({}, sent())
    end)
  end

  it_runs("sends what the catalogue does not know, and says so", function()
    local said = home:run("generate z-image x mood=12")
    assert.equal(0, said.status)
    assert.matches("input.mood is not in the catalogue of z-image; it is sent as it is", said.err, 1, true)
    assert.equal(12, sent()[1].mood)
  end)

  it_runs("ends with the status of what went wrong", function()
    assert.equal(4, home:run("generate z-image x", { env = { LIANGXIN_API_KEY = "wrong" } }).status)
    local said = home:run("generate z-image x", { env = { LIANGXIN_BASE_URL = "http://127.0.0.1:1" } })
    assert.equal(8, said.status)
    assert.equal(2, home:run("generate z-image x", { env = { LIANGXIN_BASE_URL = "nonsense" } }).status)
    assert.equal(7, home:run("generate z-image x -n 120 -q").status) -- 1000 credits pay for 117
  end)

  it_runs("says where address and key belong", function()
    home.env = {}
    assert.matches("no API key: set LIANGXIN_API_KEY", home:run("generate z-image x").err, 1, true)
    local said = home:run("generate z-image x", { env = { LIANGXIN_API_KEY = "k" } })
    assert.matches("no address: set LIANGXIN_BASE_URL", said.err, 1, true)
    assert.equal(2, said.status)
  end)
end)
