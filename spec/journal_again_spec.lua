-- A program that is run again: what it asks for under a key is sent once, and
-- answered from the journal from then on.

local fault_client = require "spec.support.fault_client"
local folders = require "spec.support.folder"
local journals = require "spec.support.journals"
local quick = require "spec.support.quick"

describe("a key", function()
  local fault = fault_client.serve()
  local here = journals.serve(fault)
  local open = here.open

  -- As if the program had been started again.
  local function reopen(options)
    quick.close()
    return open(options)
  end

  local INPUT = { prompt = "a pond", size = "1:1" }

  local function entry_of(client, key)
    return assert(client.journal:entries { key = key })()
  end

  it("is sent once, and its result is known without a request", function()
    local client = open()
    local first = assert(client:generate("z-image", INPUT, { key = "hero" }))
    local before = fault:stats().requests
    local again = assert(client:generate("z-image", INPUT, { key = "hero" }))
    client = reopen()
    local other = assert(client:generate("z-image", { size = "1:1", prompt = "a pond" }, { key = "hero" }))
    assert.equal(first.task_id, again.task_id)
    assert.same(first.urls, other.urls)
    assert.equal("z-image", other.model)
    assert.equal(before, fault:stats().requests)
    assert.equal(1, fault:billed())
    assert.equal("succeeded", entry_of(client, "hero").state)
  end)

  it("gives a task that nobody watches, and its result at the first wait", function()
    local client = open()
    local first = assert(client:generate("z-image", INPUT, { key = "hero" }))
    client = reopen()
    local queries, told = fault:stats().queries, nil
    local task = assert(client:create({ model = "z-image", input = INPUT }, {
      key = "hero",
      watch = false,
      on_created = function(id)
        told = id
      end,
    }))
    assert.equal(first.task_id, task.id)
    assert.equal(first.task_id, told)
    assert.same(first.urls, assert(task:wait()).urls)
    assert.equal(queries, fault:stats().queries)
    assert.equal(1, fault:billed())
  end)

  it("names the first field in which another request differs", function()
    local client = open()
    assert(client:generate("z-image", INPUT, { key = "hero" }))
    local _, err = client:generate("z-image", { prompt = "a lake", size = "1:1" }, { key = "hero" })
    assert.equal("invalid_request", err.kind)
    assert.equal("no", err.charged)
    assert.truthy(err.message:find("input.prompt differs", 1, true))
    _, err = client:generate("flux-2", INPUT, { key = "hero" })
    assert.truthy(err.message:find("model differs", 1, true))
    assert.equal(1, fault:billed())
  end)

  it("counts pictures by their bytes, wherever they lie", function()
    local liangxin = require "liangxin"
    local png = "\137PNG\r\n\26\n" .. ("x"):rep(40000)
    local function write(name, bytes)
      local file = assert(io.open(here.folder .. "/" .. name, "wb"))
      file:write(bytes)
      file:close()
      return liangxin.image(here.folder .. "/" .. name)
    end
    local client = open()
    local function draw(picture)
      return client:generate("nano-banana-pro", { prompt = "x", image_input = { picture } }, { key = "edit" })
    end
    local first = assert(draw(write("one.png", png)))
    assert.equal(first.task_id, assert(draw(write("two.png", png))).task_id)
    assert.equal(first.task_id, assert(draw(liangxin.image { bytes = png })).task_id)
    local _, err = draw(write("one.png", png .. "y"))
    assert.equal("invalid_request", err.kind)
    assert.truthy(err.message:find("image_input", 1, true))
    assert.equal(1, fault:billed())
  end)

  it("that the service refused for its rate is sent again, as the same attempt", function()
    fault:rule({ on = "create", status = 429, times = 2 })
    local client = open()
    assert(client:generate("z-image", INPUT, { key = "hero" }))
    assert.equal(3, fault:stats().creates)
    assert.equal(1, fault:billed())
    assert.equal(1, entry_of(client, "hero").attempts)
  end)

  it("that was refused is another attempt when it is asked for again", function()
    fault:rule({ on = "create", status = 402, body = '{"code":402,"msg":"no credits"}' })
    local client = open()
    local _, err = client:generate("z-image", INPUT, { key = "hero" })
    assert.equal("quota", err.kind)
    assert.equal("refused", entry_of(client, "hero").state)
    assert(client:generate("z-image", INPUT, { key = "hero" }))
    assert.equal(2, entry_of(client, "hero").attempts)
    assert.equal(1, fault:billed())
  end)

  it("whose answer was lost is not sent again", function()
    fault:rule({ on = "create", status = 200, cut_after = 0 })
    local client = open()
    local _, err = client:generate("z-image", INPUT, { key = "hero" })
    assert.equal("outcome_unknown", err.kind)
    client = reopen()
    _, err = client:generate("z-image", INPUT, { key = "hero" })
    assert.equal("outcome_unknown", err.kind)
    assert.equal("maybe", err.charged)
    assert.is_false(err.retryable)
    assert.truthy(err.message:find("hero", 1, true))
    assert.equal(1, fault:stats().creates)
    assert.equal(1, fault:billed())
  end)

  it("of a task that failed gives that error, and another attempt on demand", function()
    fault:service({ outcome = "fail", fail_code = "501", fail_msg = "no such style" })
    local client = open()
    local _, first = client:generate("z-image", INPUT, { key = "hero" })
    client = reopen()
    local _, err = client:generate("z-image", INPUT, { key = "hero" })
    assert.equal("task_failed", err.kind)
    assert.equal(first.fail_code, err.fail_code)
    assert.equal(first.fail_msg, err.fail_msg)
    assert.equal(first.task_id, err.task_id)
    assert.equal(1, fault:billed())
    fault:service({ outcome = "success" })
    assert(client:generate("z-image", INPUT, { key = "hero", retry_failed = true }))
    assert.equal(2, fault:billed())
    assert.equal(2, entry_of(client, "hero").attempts)
  end)

  it("is sent once by two jobs that ask at once", function()
    local client = open()
    fault:service({ polls_until_success = 5 })
    local values = client:run(function()
      local one = client:spawn(client.generate, client, "z-image", INPUT, { key = "hero" })
      local other = client:spawn(client.generate, client, "z-image", INPUT, { key = "hero" })
      return { one:wait(), other:wait() }
    end)
    assert.equal(values[1].task_id, values[2].task_id)
    assert.equal(1, fault:billed())
  end)

  it("is sent once by two clients that ask at once", function()
    fault:rule({ on = "create", delay_s = 0.3 })
    local one, other = open(), open()
    local first = one:spawn(one.generate, one, "z-image", INPUT, { key = "hero" })
    while fault:stats().creates == 0 do
      one:step()
    end
    local second = assert(other:generate("z-image", INPUT, { key = "hero" }))
    assert.equal(second.task_id, assert(first:wait()).task_id)
    assert.equal(1, fault:billed())
  end)

  it("is its origin's alone", function()
    local client = open()
    assert(client:generate("z-image", INPUT, { key = "hero" }))
    client = reopen({ base_url = fault.other_url })
    assert.is_nil(entry_of(client, "hero"))
    assert(client:generate("z-image", INPUT, { key = "hero" }))
    assert.equal(2, fault:billed())
  end)

  it("is not needed for reuse", function()
    local client = open()
    local first = assert(client:generate("z-image", INPUT))
    local again = assert(client:generate("z-image", INPUT, { reuse = true }))
    assert.equal(first.task_id, again.task_id)
    assert(client:generate("z-image", INPUT))
    assert.equal(2, fault:billed())
  end)

  describe("with save", function()
    local function save(client, opts)
      opts = opts or {}
      opts.key, opts.save = "hero", here.folder .. "/out/"
      return client:generate("z-image", INPUT, opts)
    end

    local function names()
      return folders.list(here.folder .. "/out")
    end

    it("gives the files that are there without a request", function()
      fault:service({ files = 3 })
      local first = assert(save(open()))
      local requests = fault:stats().requests
      local client = reopen()
      assert.equal("saved", entry_of(client, "hero").state)
      local again = assert(save(client))
      assert.same(first.files, again.files)
      assert.same(first.files, assert(save(client, { verify = true })).files)
      assert.equal(requests, fault:stats().requests)
      assert.equal(3, #names())
    end)

    it("downloads again what is gone, and only that", function()
      fault:service({ files = 3 })
      local client = open()
      local files = assert(save(client)).files
      assert(os.remove(files[2].path))
      client = reopen()
      assert.same(files, assert(save(client)).files)
      assert.equal(3, #names())
      assert.equal(4, fault:stats().files)
      assert.equal(1, fault:billed())
    end)

    it("sees a change of size, and with verify any change", function()
      local client = open()
      local file = assert(save(client)).files[1]
      local function write(mode, bytes)
        local handle = assert(io.open(file.path, mode))
        handle:write(bytes)
        handle:close()
      end
      local lfs = require "lfs"
      local times = lfs.attributes(file.path)
      write("r+b", "P")
      lfs.touch(file.path, times.access, times.modification)
      local _, err = save(reopen(), { verify = true })
      assert.equal("file", err.kind) -- what is in the way is not replaced
      assert(os.remove(file.path))
      assert(save(reopen()))
      write("ab", "more")
      _, err = save(reopen())
      assert.equal("file", err.kind)
      assert.equal(1, fault:billed())
    end)

    it("is saved once by two jobs", function()
      local client = open()
      local values = client:run(function()
        local one, other = client:spawn(save, client), client:spawn(save, client)
        return { assert(one:wait()), assert(other:wait()) }
      end)
      assert.same(values[1].files, values[2].files)
      assert.equal(1, #names())
      assert.equal(1, fault:stats().files)
    end)

    it("is saved once by two clients", function()
      fault:rule({ on = "file", delay_s = 0.3 })
      local one, other = open(), open()
      local first = one:spawn(save, one)
      while fault:stats().files == 0 do
        one:step()
      end
      local second = other:spawn(save, other)
      while not (first.status == "done" and second.status == "done") do
        one:step()
        other:step()
      end
      assert.same(assert(first:wait()).files, assert(second:wait()).files)
      assert.equal(1, fault:stats().files)
    end)

    it("goes on after a download that failed", function()
      fault:rule({ on = "file", status = 500, times = 5 })
      local client = open()
      local _, err = save(client)
      assert.equal("server", err.kind)
      assert.equal("succeeded", entry_of(client, "hero").state)
      assert(save(reopen()))
      assert.equal(1, #names())
      assert.equal(1, fault:billed())
    end)
  end)
end)
