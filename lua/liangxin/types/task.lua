---@meta liangxin.types.task
-- luacheck: ignore 212 241 431 631

-- Task, job, result --------------------------------------------------------------

---@class liangxin.Task
---@field id string
---@field key? string of its entry in the journal
---@field model? string
---@field state? string last seen, in the service's own word: waiting, queuing, generating,
---success, fail (documented), or another
local Task = {}

---Wait for the end. Only a result, kind task_failed and task:cancel end the task:
---after these each call returns the same. Any other error, a timeout included,
---ends this wait alone: call it again to ask again.
---@param timeout? number seconds
---@return liangxin.Result? result
---@return liangxin.Error? err
function Task:wait(timeout) end

---Stop watching. The service cannot cancel and goes on working. Waits for the
---task end with kind cancelled before this returns.
---@return boolean? ok true
---@return liangxin.Error? err only after a fork
function Task:cancel() end

---Call `fn(state, record)` at each further change of the state, the last included.
---@param fn fun(state: string, record: liangxin.Record)
---@return liangxin.Task self
function Task:on_state(fn) end

---@class liangxin.Job
---@field status "running"|"waiting"|"done"|"failed"|"cancelled"
---@field traceback? string of the error that the function raised
local Job = {}

---Wait for the job: what its function returned. What it raised is raised again by
---each call.
---@param timeout? number seconds
---@return any ... or nil, err: deadline, cancelled, closed
function Job:wait(timeout) end

---Cancel the job: its present wait returns nil, err (kind cancelled) at once, and
---its next wait raises that error, so that loops end.
---@return boolean ok true
function Job:cancel() end

---@class liangxin.Result
---@field urls string[] they expire, after an undocumented time: save at once
---@field task_id string
---@field model? string
---@field record liangxin.Record
---@field files? liangxin.File[] what the option `save` has saved
local Result = {}

---Save all files. Makes every folder that is missing. Replaces no file unless
---`overwrite` is set, and then regular files only. When a URL has expired, the
---task is queried once for a fresh one; the same one is tried for some seconds.
---Content is recognised by its bytes: pages, texts, scripts and programs are
---refused, and so is an SVG with a script, an event attribute, a page or an entity.
---A file that is not whole has a name of its own, `<name>.<random>.part`. With a
---journal the files are written down there as those of the task, unless it has some
---already, and their paths are absolute; and what stands there with the very bytes is
---such a file.
---```lua
---local files = liangxin.check(result:save("pictures/"))
---print(files[1].path, files[1].bytes)
---```
---@param target string a folder (ends in "/" or exists as one; files are named
---`<task_id>-<n>.<ext>`, with the extension of their bytes), or the path of the
---first file, which gets that extension where it ends in `.*`; `~/` is the user's folder
---@param opts? liangxin.DownloadOptions
---@return liangxin.File[]? files
---@return liangxin.Error? err `err.files` lists what was saved
function Result:save(target, opts) end

---Download one file into memory.
---@param i? integer which URL; default 1
---@param opts? liangxin.DownloadOptions all but overwrite
---@return string? bytes
---@return string|liangxin.Error content_type or the error
function Result:fetch(i, opts) end

---One answer of recordInfo. Fields are nil where the service said nothing.
---@class liangxin.Record
---@field task_id? string
---@field model? string
---@field state? string (documented)
---@field urls string[] from resultJson (documented)
---@field fail_code? string (documented)
---@field fail_msg? string (documented); an object or a list as its JSON text
---@field created_ms? integer Unix time in ms (observed)
---@field updated_ms? integer Unix time in ms (observed)
---@field completed_ms? integer Unix time in ms (observed)
---@field credits? number (observed on sister gateways)
---@field progress? number 0 to 100 (observed on sister gateways)
---@field result_text? string resultJson as received, when it has no URLs
---@field data? table the whole data object, decoded when it is first read; raises where there is no lua-cjson
---@field body string the answer's text; it contains the prompt and the callback URL. With an error it may be all there is
---@field is_mended? boolean the answer was no strict JSON: `body` and `data` are of what was made of it
