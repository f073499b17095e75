---@meta liangxin.types.client
-- luacheck: ignore 212 241 431 631

-- The client ---------------------------------------------------------------------

---@class liangxin.Client
---@field park? fun(): fun(), fun() set by loop adapters: returns a function that waits and one that wakes
---@field journal? liangxin.Journal nil without the option `journal`
local Client = {}

---The body of createTask as the service documents it.
---@class liangxin.Request
---@field model string the service's name for it (documented)
---@field input table the model's parameters (documented per model)
---@field callBackUrl? string public https URL that the service calls once, at the task's end (documented)

---@class liangxin.CreateOptions
---@field deadline? number seconds that this task is watched
---@field on_created? fun(task_id: string) called before the first query: store the id here. What it raises is raised by
---create or generate
---@field on_state? fun(state: string, record: liangxin.Record) called at each change
---@field on_progress? fun(fraction: number, record: liangxin.Record) called where the service reports progress, 0 to 1
---@field watch? boolean false: nothing is queried until the first wait
---@field validate? boolean|"documented" in place of the client's option
---@field recover? boolean see Options.recover; needs a callBackUrl
---@field save? string save the files here, as result:save does, before the waits for the task end; the result then has
---`files`. What the disk refuses ends the wait with kind file: `err.task:wait()` tries again
---@field key? string what this task is for, up to 512 bytes: a second call with it, also of another process, makes no
---second task. This and the rest need a journal
---@field reuse? boolean take the result of an earlier task with the same model and input
---@field price? number credits that it costs, in place of Options.prices
---@field max_credits? number a ceiling for all calls of this batch, else for all attempts of this key
---@field retry_failed? boolean make another attempt where the task of this key has failed
---@field verify? boolean compare files that were saved by their SHA-256 instead of size and time
---@field batch? string a name for many tasks: filters, sums and ceilings go by it
---@field priority? integer kept with the entry, for programs that choose what comes first

---@class liangxin.GenerateOptions: liangxin.CreateOptions
---@field callBackUrl? string as in Request

---@class liangxin.TaskOptions
---@field deadline? number seconds that the task is watched
---@field on_state? fun(state: string, record: liangxin.Record) called at each change
---@field on_progress? fun(fraction: number, record: liangxin.Record) called where the service reports progress, 0 to 1
---@field model? string selects the default deadline and the learned durations

---@class liangxin.DownloadOptions
---@field overwrite? boolean replace existing files; default false
---@field on_progress? fun(bytes: integer, total: integer?) total is nil where the server does not tell it
---@field max_bytes? integer default: Options.max_download
---@field stall? number seconds without a byte after which the transfer is cut and resumed; default 30

---@class liangxin.File
---@field path string where it was saved
---@field bytes integer its size
---@field content_type? string as the server named it
---@field warning? string set where the name's extension contradicts the content

---Create a task. The client watches it from then on.
---```lua
---local task = liangxin.check(client:create({
---  model = "z-image",
---  input = { prompt = "a tea house by a lake" },
---}, { on_created = function(id) print("task " .. id) end }))
---local result, err = task:wait()
---```
---The error's kind is outcome_unknown when the answer was lost: a task may
---exist, and the client does not send the request again. An answer that is
---damaged or cut is enough where it names the task; when the service does not
---know that task, its `wait` ends with outcome_unknown.
---@param request liangxin.Request
---@param opts? liangxin.CreateOptions
---@return liangxin.Task? task
---@return liangxin.Error? err
function Client:create(request, opts) end

---Create a task and wait for its result. After the deadline, `err.task:wait()`
---goes on waiting.
---```lua
---local result, err = client:generate("z-image", { prompt = "a tea house by a lake" })
---if not result then
---  print(err.kind, err.message)
---end
---```
---@param model string
---@param input table
---@param opts? liangxin.GenerateOptions
---@return liangxin.Result? result
---@return liangxin.Error? err
function Client:generate(model, input, opts) end

---A task by its id, from a log or another process. Watching starts at its first
---wait. Each call makes a new object.
---```lua
---local result = liangxin.check(client:task("lx_task_01JZ2Q7YH9K6"):wait())
---```
---@param task_id string 1 to 256 bytes
---@param opts? liangxin.TaskOptions
---@return liangxin.Task? task
---@return liangxin.Error? err only after a fork
function Client:task(task_id, opts) end

---Send one query about a task.
---@param task_id string
---@return liangxin.Record? record
---@return liangxin.Error? err
function Client:query(task_id) end

---The balance of a key, in the gateway's units; its /api/status says how many
---units one unit of its prices is.
---@class liangxin.Account
---@field granted number in all
---@field used number so far
---@field available number still
---@field unlimited? true the key has no limit of its own; the other numbers limit nothing then

---What the key was granted, has used and has left.
---@return liangxin.Account? account
---@return liangxin.Error? err `bad_response` where the gateway does not offer it
function Client:account() end

---Save the file behind a URL, with the checks of `result:save`.
---@param url string http, https or data
---@param target string a folder (ends in "/" or exists as one) or a path; `~/` is the user's folder
---@param opts? liangxin.DownloadOptions
---@return liangxin.File? file
---@return liangxin.Error? err
function Client:download(url, target, opts) end

---@class liangxin.ResumeOptions
---@field wait? boolean wait for all, and give results instead of tasks; default false
---@field deadline? number seconds that each task is watched
---@field on_state? fun(state: string, record: liangxin.Record) called at each change
---@field on_progress? fun(fraction: number, record: liangxin.Record) called where the service reports progress, 0 to 1

---Take over the tasks that nobody watches any more, since their client was closed
---or killed, watch them to their ends and save the files of those that have `save`.
---Needs a journal. Never creates anything: what was not sent is sent when its key is
---asked for again, and what is unknown stays so until client.journal:resolve.
---```lua
---local results, errors = client:resume { wait = true }
---```
---@param opts? liangxin.ResumeOptions
---@return liangxin.Task[]|liangxin.Result[]? tasks each with its `key`; with `wait` results, with nil where one failed
---@return liangxin.Error|liangxin.Error[]? errors with `wait`: the error of each, or nil
function Client:resume(opts) end

---@class liangxin.WorkOptions
---@field concurrency? integer entries at a time, default 8
---@field batch? string only those of this batch
---@field until_empty? boolean return when nothing is left to send, watch or save, for anybody
---@field is_over? fun(): boolean? asked before each look at the queue: after true nothing more is claimed, and work returns when what is under way has ended
---@field deadline? number seconds that each task is watched

---@class liangxin.WorkEntry what is known of an entry that a worker has ended
---@field id integer
---@field key? string
---@field batch? string
---@field model string
---@field priority integer the highest goes first
---@field target? string where its files are saved
---@field task_id? string

---Be a worker: claim what `client.journal:enqueue` has put in and is due, the highest
---priority first, send it, save its files, and call fn for each. Takes over what dead
---clients have left: tasks are watched, a create in mid-flight is unknown. A worker
---that dies loses nothing: what it has not sent is sent by others. What was refused for
---now (a rate, a server that is down) goes back into the queue. Returns after a key that
---is refused, the end of its job, or the client's.
---```lua
---client:work(function(result, err, entry)
---  print(entry.key, result and result.files[1].path or err)
---end, { concurrency = 16 })
---```
---@param fn fun(result: liangxin.Result?, err: liangxin.Error?, entry: liangxin.WorkEntry)
---@param opts? liangxin.WorkOptions
---@return {done: integer, failed: integer}? counts
---@return liangxin.Error? err
function Client:work(fn, opts) end

---Send no create from now on, for a program that is to end and keep what is paid for.
---Creates that wait (for their turn, a pause, the journal) end with kind cancelled,
---charged "no"; one that is on its way is waited for and not sent again. Tasks that are
---there go on. With a journal, what has a key stays planned.
---@return boolean? ok
---@return liangxin.Error? err only after a fork
function Client:withdraw() end

---Pass on the body of a callback. It is a hint only: the task named in it is
---queried at once. Accepts an envelope, bare data or flat fields, since the
---service does not document the shape exactly. With `recover`, the token in it
---sets `err.task` of the outcome_unknown error to the live task. With a journal it
---finds the entry of a lost answer, whichever process made it.
---@param body string?
---@return boolean? ok true, also for a task that this client does not watch
---@return liangxin.Error? err bad_response when the body names no task
function Client:notify(body) end

---Receive callbacks on a port of the client's own, on a thread of its own: they are
---answered at once, whatever the program does. With a journal they are answered
---when it has kept them, or after 5 s with 503. Each create from now on has the
---listener's URL as callBackUrl, with a token of its own, unless it names another.
---Needs the rock liangxin-webhook. What is taken is as for
---[webhook.new](#webhooknewoptions), but for tasks that the client merely holds.
---@param options? liangxin.ListenOptions
---@return liangxin.Listening? listening
---@return liangxin.Error? err network: the port is taken, or no such address
function Client:listen(options) end

---Run `fn(...)` in a coroutine, as a job. It starts at once. Inside a job the new
---one belongs to the same run or map. An error that nobody waits for goes to the
---option `on_error`, else it is raised by the next step, poll or close.
---@param fn fun(...: any): any
---@param ... any
---@return liangxin.Job? job
---@return liangxin.Error? err only after a fork
function Client:spawn(fn, ...) end

---What `fn(...)` returns, after it and every job that it spawned have ended. The
---first error raised in them cancels the others at their next wait and is raised
---here. When it is an error object, `err.cancelled` lists the ids of paid tasks that
---were cancelled. Paid tasks whose end nobody received are named on stderr at the
---end of the process.
---@param fn fun(...: any): any
---@param ... any
---@return any ...
function Client:run(fn, ...) end

---@class liangxin.MapOptions
---@field concurrency? integer how many at a time; default 8
---@field after_error? "finish"|"cancel"|"collect" after an item has raised: "finish" (default) starts no further item,
---lets the started ones end, then raises; "cancel" cancels them, then raises, with the ids of paid tasks in
---`err.cancelled`; "collect" goes on, and what an item raises is its error

---Call `fn(item, index)` for each item, several at a time. `after_error` says what
---happens to the other items when one raises.
---```lua
---local results, errors = client:map(prompts, function(prompt)
---  return client:generate("z-image", { prompt = prompt })
---end, { concurrency = 4 })
---```
---@param list any[]
---@param fn fun(item: any, index: integer): any, any
---@param opts? liangxin.MapOptions
---@return any[]? values the first value of each call, in the list's order; `n`: how many items there were
---@return table|liangxin.Error errors second values where the first is nil; or err with nil
function Client:map(list, fn, opts) end

---Wait for all of some tasks and jobs.
---@param list (liangxin.Task|liangxin.Job)[]
---@param timeout? number seconds, for all together
---@return table values the first value of each, or nil
---@return table errors the error of each, or nil; what a job raised is its error
function Client:wait_all(list, timeout) end

---Wait for the first of some tasks and jobs that ends.
---@param list (liangxin.Task|liangxin.Job)[] not empty
---@param timeout? number seconds
---@return integer? index nil when the wait itself ended (deadline, cancelled, closed)
---@return any value
---@return any err
function Client:wait_any(list, timeout) end

---Iterate over tasks and jobs in the order in which they end, each once. For a
---long list this is cheaper than wait_any. When the wait itself ends (closed,
---cancelled), the remaining entries follow with that error.
---```lua
---for index, result, err in client:as_completed(tasks) do
---  print(index, result and result.urls[1] or err)
---end
---```
---In a job on PUC Lua 5.1 a wait cannot stand inside `for ... in`: there, call the
---iterator, `local next = client:as_completed(list)`.
---@param list (liangxin.Task|liangxin.Job)[] read once
---@return fun(): integer?, any, any iterator index, value, err
function Client:as_completed(list) end

---Wait for some time.
---@param seconds number
---@return boolean? ok true
---@return liangxin.Error? err cancelled or closed
function Client:sleep(seconds) end

---Deliver what has happened and resume jobs, without blocking. Raises in a job.
---@param budget? number seconds after which the rest is left to the next call
---@return integer? events
---@return liangxin.Error? err only after a fork
function Client:step(budget) end

---Block until something happens, the timeout passes or a signal arrives, then
---step. Returns at once when nothing is open and no timeout is given.
---@param timeout? number seconds
---@return integer? events
---@return liangxin.Error? err only after a fork
function Client:poll(timeout) end

---A descriptor that is readable when step() has something to do.
---@return integer? fd
---@return liangxin.Error? err only after a fork
function Client:fd() end

---The descriptor, for cqueues.
---@return integer? fd
---@return liangxin.Error? err
function Client:pollfd() end

---The descriptor, for luasocket and copas.
---@return integer? fd
---@return liangxin.Error? err
function Client:getfd() end

---What to poll the descriptor for, for cqueues.
---@return string events "r"
function Client:events() end

---For cqueues: 0 when a step has work left, else nil.
---@return number? seconds
function Client:timeout() end

---For luasocket: whether a step has work, whatever the descriptor says.
---@return boolean
function Client:dirty() end

---How much is open: watched tasks, creates, queries, downloads, timers, jobs.
---@return integer? count
---@return liangxin.Error? err only after a fork
function Client:pending() end

---@class liangxin.Stats
---@field requests integer all requests to the API
---@field creates integer
---@field queries integer
---@field retries integer
---@field polls integer
---@field bytes integer received
---@field connections integer opened since the start
---@field jobs integer not yet ended
---@field tasks table<string, integer> open tasks by their last seen state
---@field durations table the learned durations, by model

---Counters since the start.
---@return liangxin.Stats? stats
---@return liangxin.Error? err only after a fork
function Client:stats() end

---Stop the threads. Every open wait ends with kind closed, and its job is resumed
---with that, before close returns. May be called twice. Raises what a job raised
---and nobody waited for. `local client <close>` calls it, too.
---@param timeout? number seconds to wait for responses to creates already sent
---@return boolean? ok true
---@return liangxin.Error? err kind file: the learned durations could not be written
function Client:close(timeout) end
