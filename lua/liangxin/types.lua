---@meta liangxin
-- luacheck: ignore 212 241 431 631

-- types.lua: LuaCATS annotations of everything that programs may use. Never
-- loaded: editors read it, and `make docs` makes the reference in README.md
-- from it. Facts of the service carry their source: (documented) by the
-- service, (observed) on it or its sister gateways, (assumed) otherwise.
--
-- Everywhere: a programmer's mistake raises a string; what the network, the
-- service or the disk can do is returned as nil, err.

-- The module -------------------------------------------------------------------
-- `local liangxin = require "liangxin"`

---@class liangxin
---@field _VERSION string semantic version
---@field null lightuserdata JSON null, the same value as cjson.null
---@field models liangxin.Models the catalogue of models
local liangxin = {}

---What `liangxin.new` takes. Times are in seconds, sizes in bytes.
---@class liangxin.Options
---@field api_key? string required, here or in LIANGXIN_API_KEY; white space around it is trimmed
---@field base_url? string required, here or in LIANGXIN_BASE_URL: the address of the API; may have a path prefix;
---http: only to this machine
---@field timeout? number of one API request; default 60
---@field connect_timeout? number default 10
---@field deadline? number how long a task is watched; default 900, video models 1800
---@field max_connections? integer sockets to the API; default 8
---@field max_downloads? integer downloads at a time; default 4
---@field max_requests_per_second? number shared by all tasks; default: no limit, but the rate falls on 429 and recovers
---@field retry? liangxin.RetryOptions how often and after how long a request is repeated
---@field poll? liangxin.PollOptions fixes when tasks are queried; default: learned per model
---@field validate? boolean|"documented" check requests against the catalogue before they are sent: "documented" only
---by what the service's documents state, true by inferred limits, too; default false
---@field recover? boolean add a token to callBackUrls, by which notify finds tasks whose create was lost; default false
---@field proxy? string as in libcurl; default: from the environment, read by new
---@field ca_file? string PEM file with the authorities to trust
---@field user_agent? string default: liangxin-lua and the version
---@field allow_http? boolean accept a base_url with http: to another machine; default false
---@field max_body? integer the largest answer; default 8 MiB; for a task whose request had more than 64 KiB, larger by
---twice the request, which the service echoes
---@field max_download? integer the largest file; default 1 GiB
---@field allow_download? fun(url: string): boolean called for each result URL and redirect; false refuses it
---@field on_log? fun(event: liangxin.LogEvent) called once per request
---@field on_error? fun(err: any, where: string) called with each error of a job or callback that nobody waits for; step,
---poll and close then do not raise it. where: what raised it ("a job", "on_state of task ...") and its stack
---@field journal? string a file (SQLite, made where it is not there) or a postgres:// address that remembers every task:
---see [journal/README.md](journal/README.md)
---@field budget? liangxin.BudgetOptions a ceiling of what the journal's tasks may cost
---@field prices? table<string, number> credits that a task of each model costs; a budget needs to know them
---@field durations? string a file that keeps the learned durations between runs, per base_url; when it cannot be
---written, close returns nil, err and writes that to stderr

---@class liangxin.RetryOptions
---@field attempts? integer requests of one operation; default 5
---@field base? number upper bound of the first, random wait; at least 0.01; default 0.5
---@field max? number upper bound of every wait that no Retry-After sets; at least 0.01; default 30

---@class liangxin.PollOptions
---@field first? number from the creation to the first query; default 1
---@field factor? number by which each interval is longer than the one before; default 1.5
---@field max? number the longest interval; default 10
---@field jitter? number random part of an interval: 0.15, the default, gives 0.85 to 1.15 of it

---@class liangxin.BudgetOptions
---@field credits number no create passes it: what is charged and what is reserved count
---@field per? "day"|"total" of each UTC day, or (default) for ever
---@field name? string clients with the same name count together, on the same journal and origin; default: those without

---@class liangxin.LogEvent
---@field method string GET or POST
---@field url string without its query
---@field status? integer HTTP status; nil when no answer came
---@field ms integer elapsed milliseconds
---@field attempt integer 1 for the first
---@field request_id? string X-Oneapi-Request-Id (observed)
---@field date? integer Unix time of the answer, by its server's clock

---A client. Starts no thread and opens no socket before the first request.
---Raises on bad options.
---```lua
---local client = liangxin.new {
---  base_url = "https://api.example.com",
---  api_key = os.getenv "MY_KEY",
---  on_log = function(event) print(event.method, event.url, event.status, event.ms) end,
---}
---```
---@param options? liangxin.Options
---@return liangxin.Client
function liangxin.new(options) end

---Like `assert`: its arguments, unless the first is nil or false. Then it
---raises the error object among them (on PUC Lua 5.1, its text), with the place of
---the call in `err.where`.
---```lua
---local files = liangxin.check(result:save("pictures/"))
---```
---@param ... any
---@return any ...
function liangxin.check(...) end

---Seconds of a clock that never jumps; unrelated to the time of day.
---@return number seconds
function liangxin.now() end

---A local picture, to stand in an input wherever the service wants the URL of
---one; a result may stand there, too, for its first URL. It goes out as a data:
---URI: PNG, JPEG, WebP, GIF or BMP, by its bytes.
---```lua
---local photo = liangxin.image("photo.jpg")
---client:generate("nano-banana-pro", { prompt = "at night", reference_images = { photo } })
---```
---A file is read while the request is sent, without a copy in memory. One that
---is missing, too large or no picture, or that changes meanwhile, ends the create
---with kind file, charged "no". Which parameters take data: URIs is in
---models/README.md; with `validate` the others are problems.
---@param given string|liangxin.ImageOptions a path (`~/` is the user's folder), or options
---@return liangxin.Image
function liangxin.image(given) end

---@class liangxin.ImageOptions
---@field path? string either this
---@field bytes? string or the picture itself
---@field max_bytes? integer a larger picture is refused; default 20 MiB

---@class liangxin.Image

---What stands for a picture in an input: its URL or data: URI, a local picture,
---or a result, whose first URL it is.
---@alias liangxin.Picture string|liangxin.Image|liangxin.Result

---Mark a table as a JSON array, also when it is empty; returns it.
---@generic T: table
---@param t? T default: a new table
---@return T
function liangxin.array(t) end

-- The catalogue ------------------------------------------------------------------
-- What is known about each model and its parameters: [models/README.md](models/README.md) shows all of it.
-- The catalogue only advises; the service decides. Models that it does not list work like any other.

---@class liangxin.Models
local Models = {}

---What the catalogue says about a model.
---@class liangxin.Model
---@field id string what `model` is in a request
---@field family string for example "seedream"
---@field title string
---@field description string one sentence
---@field kind "image"|"video"
---@field task string what it does, for example "text-to-image"
---@field also? string[] what else it does
---@field example table an input
---@field trust liangxin.Trust of the id
---@field source table<string, string> the pages behind "documented" and "inferred"
---@field parameters liangxin.Parameter[] in the order of the documents
---@field combinations? table[] rules about parameters together: rule, params, trust

---How sure a fact is: stated by the service's own documents, or taken from its
---upstream or a sister model.
---@alias liangxin.Trust "documented"|"inferred"

---@class liangxin.Parameter
---@field name string
---@field type "string"|"integer"|"number"|"boolean"|"array"|"object"|"seconds"
---@field required? boolean
---@field min? number
---@field max? number
---@field min_length? integer characters
---@field max_length? integer characters
---@field min_items? integer
---@field max_items? integer
---@field item? liangxin.Parameter what a list holds
---@field fields? liangxin.Parameter[] what an object holds
---@field enum? string[]
---@field aliases? table<string, string> other spellings of the choices
---@field default? any what the service takes when nothing is given
---@field role? "text"|"image" an image is given by its URL
---@field data_uri? liangxin.Trust of an image: data: URIs are accepted, too
---@field note? string
---@field trust liangxin.Trust
---@field inferred? table<string, boolean> the facts that are inferred though the parameter is documented

---@class liangxin.Problem
---@field parameter string its path: "seed", "image_input[2]", "model", "callBackUrl"
---@field value? any what was given, shortened and without secrets
---@field allowed string
---@field message string one line
---@field suggestion? string the name that was probably meant
---@field inferred boolean the limit is an inferred one: the service may accept the value

---Every model, in the order of the service's navigation. Each call makes copies.
---@return liangxin.Model[] models
function Models.list() end

---What the catalogue says about one model.
---@param id string
---@return liangxin.Model? model a copy; nil when the catalogue does not know it
function Models.get(id) end

---Check an input without sending it. Unknown models and keys pass, unless they
---are a typing error away from a known one.
---```lua
---local ok, problems = liangxin.models.validate("nano-banana-pro", { prompt = "a pond", resolution = "8K" })
---print(problems) -- input.resolution is "8K": it must be one of "1K", "2K", "4K", ...
---```
---@param id string
---@param input table
---@param mode? boolean|"documented" "documented": leave out what is inferred; default true
---@return boolean? ok true, or nil
---@return liangxin.Problem[]? problems all of them; tostring(problems) is one line
function Models.validate(id, input, mode) end

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
---answered at once, whatever the program does. Each create from now on has the
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

-- The journal ------------------------------------------------------------------
-- `client.journal`, with the option `journal`: [journal/README.md](journal/README.md) says what it is for. Every call
-- waits like the client's own.

---@class liangxin.Journal
local Journal = {}

---What the journal knows about one task, from the wish to the files.
---@class liangxin.Entry
---@field id integer
---@field key? string
---@field batch? string
---@field model string
---@field priority integer
---@field state liangxin.EntryState
---@field attempt integer which of them counts
---@field attempts integer creates that were planned for it
---@field task_id? string of the attempt that counts
---@field credits number charged so far, all attempts together
---@field reserved number not settled: what is under way may still cost that
---@field urls? string[] of the result
---@field target? string where its files go
---@field files liangxin.File[] once they are saved
---@field error? liangxin.Error why it was refused, has failed or is unknown
---@field created_ms integer Unix time in ms, as the next four
---@field accepted_ms? integer
---@field ended_ms? integer
---@field saved_ms? integer

---@alias liangxin.EntryState
---| "planned" # not sent: its turn has not come, or it was left before
---| "sending" # its request is under way
---| "accepted" # its task is known and not at its end
---| "succeeded" # the service has made it
---| "saved" # and its files are on the disk
---| "refused" # nothing was made; another call with its key sends again
---| "failed" # the service says so; another call with its key and `retry_failed` sends again
---| "unknown" # sent, and nobody knows what came of it: see resolve
---| "abandoned" # counts as charged, and there is nothing to be had

---Which entries: those that match all that is given.
---@class liangxin.EntryFilter
---@field id? integer
---@field key? string
---@field task_id? string
---@field batch? string
---@field model? string
---@field state? liangxin.EntryState|liangxin.EntryState[]
---@field since? number Unix time in seconds: made then or later

---Iterate over entries of this origin, in the order in which they were made. They
---are read in pages while you go.
---```lua
---for entry in liangxin.check(client.journal:entries { state = "unknown" }) do
---  print(entry.key, entry.model, entry.reserved)
---end
---```
---What goes wrong after the first page is raised. In a job on PUC Lua 5.1 a wait
---cannot stand inside `for ... in`: there, call the iterator.
---@param filter? liangxin.EntryFilter
---@return fun(): liangxin.Entry? iterator
---@return liangxin.Error? err
function Journal:entries(filter) end

---@class liangxin.SpendRow
---@field model? string what the row is about: this,
---@field batch? string this ("": in none)
---@field day? string or this, YYYY-MM-DD in UTC
---@field attempts integer
---@field charged number credits
---@field reserved number credits that are not settled

---@class liangxin.Spend
---@field [integer] liangxin.SpendRow
---@field attempts integer of all rows
---@field charged number of all rows
---@field reserved number of all rows

---What was charged and what is reserved.
---@param opts? {since?: number, by?: "model"|"batch"|"day"} since: Unix time in seconds; by: default "model"
---@return liangxin.Spend? rows
---@return liangxin.Error? err
function Journal:spend(opts) end

---What you found out, in the service's list of tasks or on its bill, about entries
---that are unknown: "nothing" was made (then they may be sent again), they were
---"charged" (and there is nothing to be had), or the id of the task, which the
---service has to know. Refused while the client that sends it lives.
---@param filter liangxin.Entry|liangxin.EntryFilter
---@param outcome string "nothing", "charged" or a task's id, for a single entry
---@return integer? count entries that were resolved
---@return liangxin.Error? err
function Journal:resolve(filter, outcome) end

---Download whatever has succeeded and is on no disk: it was made without `save`, or
---its files are gone. Dead URLs are renewed.
---@param target string a folder (ends in "/" or exists as one)
---@return liangxin.File[]? files
---@return liangxin.Error[]|liangxin.Error errors of those that could not be saved
function Journal:rescue(target) end

---Give up entries that are planned, whoever planned them: nothing is sent for them.
---@param filter liangxin.Entry|liangxin.EntryFilter
---@return integer? count
---@return liangxin.Error? err
function Journal:cancel(filter) end

---Write all entries of all origins, one a line, as JSON with requests, attempts and
---events. The file is new, and for your eyes only: prompts are in it.
---@param path string
---@return integer? count
---@return liangxin.Error? err kind file, too: nothing is replaced
function Journal:export(path) end

---@class liangxin.EnqueueOptions
---@field key? string names what is wanted; one that is there already is not put in again
---@field save? string folder or path, on the worker's machine
---@field batch? string
---@field priority? integer the highest is sent first, default 0
---@field due? number Unix time in seconds, before which it is not sent
---@field price? number credits, reserved at once
---@field max_credits? number ceiling of the batch or key

---Put a request, or a list of them, in for any worker (client:work) to send. Each of a
---list may have the options as fields of its own. Pictures are URLs, since the files of
---this machine may not be the worker's.
---```lua
---client.journal:enqueue({ { model = "z-image", input = { prompt = "a pond" }, key = "pond" } }, { batch = "night" })
---```
---@param requests liangxin.Request|liangxin.Request[]
---@param opts? liangxin.EnqueueOptions for all of them
---@return {added: integer, known: integer}? counts known: keys that were there
---@return liangxin.Error? err its `added` and `known` say how many are in
function Journal:enqueue(requests, opts) end

---Forget entries of all origins that ended before, never unknown ones. A call with
---the key of one makes a new task.
---@param opts {before: number} Unix time in seconds
---@return integer? count
---@return liangxin.Error? err
function Journal:prune(opts) end

---After a journal was copied, restored from a backup or moved to another machine,
---nothing is sent: entries that were made since may be missing, and would be paid
---twice. This makes it the journal of this place.
---@return boolean? ok true
---@return liangxin.Error? err
function Journal:adopt() end

-- Loop adapters ------------------------------------------------------------------
-- `require("liangxin.loop.luv").attach(client)` drives the client from the loop of its host: jobs go on, and the host's own
-- coroutines wait with the same calls. It leaves the loop's watch when the client is closed.
--
-- | module | host |
-- |---|---|
-- | `liangxin.loop.luv` | programs around libuv |
-- | `liangxin.loop.nvim` | Neovim |
-- | `liangxin.loop.love` | LÖVE, in `love.update` |
-- | `liangxin.loop.cqueues`, `copas`, `socket` | cqueues, Copas, loops around LuaSocket's `select` |
-- | `liangxin.loop.ngx`, `tarantool` | OpenResty, Tarantool |
-- | `liangxin.loop.glib` | GTK programs and awesome, by lgi |

---A module of the table above.
---@class liangxin.LoopModule
---@field attach fun(client: liangxin.Client, opts?: liangxin.LoopOptions): liangxin.Loop raises on a caller's mistake

---@class liangxin.LoopOptions
---@field loop? any the host's module or object, where there may be several; default: the one that is loaded
---@field on_error? fun(err: any) gets what jobs and callbacks raise and nobody waits for; default: the host's own way
---to show an error
---@field budget? number love: seconds of jobs in a frame; default 0.002
---@field interval? number ngx: seconds between steps; default 0.01
---@field drain? number ngx: seconds that open work may take at quit and reload; default 60

---@class liangxin.Loop
---@field client? liangxin.Client nil once it was left
local Loop = {}

---Leave the host's loop. The client stays open. May be called twice.
function Loop:stop() end

---Whether the loop drives a client that is open.
---@return boolean
function Loop:is_running() end

---One turn, for loops that you write around LuaSocket's select: deliver what has
---happened and report errors. Never raises.
---@param budget? number seconds, as in step
---@return boolean is_open false once the client is closed
function Loop:turn(budget) end

---Report an error as the loop does.
---@param raised any
function Loop:report(raised) end

-- Callbacks over HTTP --------------------------------------------------------------

-- `require "liangxin.webhook"` takes callbacks from any web server: OpenResty, nginx, lua-http, cqueues. The server
-- passes on each POST, and answers what it is told.

---A hint from a callback, for the host's own use; the client queries the task by itself.
---@class liangxin.Hint
---@field task_id string not to be believed before the query's answer

---@class liangxin.WebhookOptions
---@field client? liangxin.Client queries the tasks that callbacks name; with a journal it knows the tokens of all
---processes that share it
---@field journal? string instead: the journal to keep hints in; opened with the environment's address and key
---@field secrets? string[] keys of signatures; two while one replaces the other
---@field tolerance? number seconds between a signature's time and now; default 300
---@field max_body? integer bytes; default 1 MiB

---`require "liangxin.webhook"`
local webhook = {}

---@class liangxin.ListenOptions: liangxin.WebhookOptions
---@field port? integer default 0: any free one
---@field address? string the IP address to listen on; default 127.0.0.1, behind a reverse proxy
---@field public_url? string how the service reaches it, as it is to stand in callBackUrl; default: the address and port
---@field on_callback? fun(task_id: string) called after a callback was taken; the query's answer comes later

---@class liangxin.Listening
---@field port integer
---@field url string the callBackUrl of the client's creates, without their tokens
local Listening = {}

---Close the port. Closing the client does so, too. Twice is fine.
function Listening:stop() end

---@class liangxin.Receiver
local Receiver = {}

---A receiver of callbacks. Raises on a wrong option.
---@param options liangxin.WebhookOptions
---@return liangxin.Receiver
function webhook.new(options) end

---Close the journal that the receiver has opened; the client stays open.
function Receiver:close() end

---What to answer to a POST. A callback is a hint and never believed: the task that it names is queried now, so order,
---repeats and forgeries do not matter. It is taken with a token that the client put into callBackUrl (`recover`), with
---a right signature (the service's documents promise none), or for a task that the client holds; a wrong token or
---signature is not.
---
---```lua
---ngx.status, text = receiver:receive(ngx.req.get_headers(), ngx.req.get_body_data(), { path = ngx.var.request_uri })
---```
---@param headers table<string, string|string[]> in any case
---@param raw_body string as it came
---@param opts? {path?: string, now?: number} path: with its query, where the token stands; now: Unix seconds, for tests
---@return integer status 200; 400: no task in the body; 401: token or signature missing or wrong; 413: larger than
---max_body; 503: the client is closed, or the journal cannot be asked: the service may call again
---@return string body a line of text
---@return liangxin.Hint? hint with status 200
function Receiver:receive(headers, raw_body, opts) end

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
---A file that is not whole has a name of its own, `<name>.<random>.part`.
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

-- Errors -------------------------------------------------------------------------
-- `tostring(err)` is one line. `err.charged` says whether money was spent, `err.retryable` whether the same call may be
-- made again without a risk of paying twice.

---What `err.kind` can be. Where the table says "see", the error itself tells.
---@alias liangxin.Kind
---| "invalid_request" # 400, or the check of `validate`; charged: no; retryable: no; correct the input: the message names the field
---| "auth" # 401; charged: no; retryable: no; check the key
---| "quota" # 402, 403: out of credits; charged: no; retryable: no; top up
---| "forbidden" # 403: anything else; charged: no; retryable: no; ask the service
---| "too_large" # 413; charged: no; retryable: no; give pictures as URLs, not as base64
---| "rejected" # 422; charged: no; retryable: no; try another prompt or picture
---| "not_found" # the service does not know the task; charged: maybe; retryable: see; check the id, and that the key is the one that created it
---| "rate_limited" # 429 until the attempts or the deadline ran out; charged: no; retryable: yes; wait, or set `max_requests_per_second`
---| "server" # 5xx, or such a code inside a 200; charged: see; retryable: see; when `charged` is "maybe", look into the account first
---| "network" # no answer: see `stage`; charged: see; retryable: yes; check network and address
---| "timeout" # one request took too long; charged: see; retryable: yes; check the network, or raise `timeout`
---| "bad_response" # an answer that is not the API's; charged: see; retryable: see; `base_url` is probably wrong
---| "memory" # out of memory; charged: see; retryable: see; free some, then call again
---| "outcome_unknown" # a create was sent and its answer was lost; charged: maybe; retryable: no; look into the account; see "Money and lost answers"
---| "task_failed" # state `fail`; charged: maybe; retryable: no; read `fail_msg`; a new task is your decision
---| "result_missing" # success without usable URLs; charged: yes; retryable: no; the raw text is in `err.record`; `err.task:wait()` asks again
---| "deadline" # the wait ended, the task did not; charged: see; retryable: see; `err.task:wait()` goes on; without `err.task` nothing was made
---| "cancelled" # a task or job was cancelled here; charged: see; retryable: no; `client:task(id)` finds the task again
---| "closed" # the client was closed meanwhile; charged: see; retryable: no; the same, with a new client
---| "forked" # the client belongs to the parent process; charged: see; retryable: no; make a new client after the fork
---| "expired" # a result URL is dead, and the fresh one, too; charged: yes; retryable: yes; query the task; the service may have deleted the file
---| "download" # wrong length or type, too large, or refused; charged: see; retryable: see; the message says what was refused
---| "file" # the disk refused, or a local picture cannot be sent; charged: see; retryable: see; the message says what to do: free space, create the folder, set `overwrite`, give another picture
---| "budget" # a ceiling would be passed, or no price is stated under one; charged: no; retryable: no; raise `budget`, or state the price
---| "journal" # the journal cannot be opened or written; charged: see; retryable: see; the message says what to do; `err.task` has the id where something was sent

---@class liangxin.Error
---@field kind liangxin.Kind what happened
---@field message string for people; its words may change
---@field where? string file:line of the liangxin.check that raised it
---@field cancelled? string[] ids of paid tasks that were cancelled because of it
---@field retryable boolean the same call may be made again without a risk of paying twice
---@field charged "no"|"maybe"|"yes" whether money was spent: "maybe" where a task may exist
---@field http_status? integer of the last answer
---@field api_code? string `code` in the answer
---@field request_id? string the service's id of the request: support asks for it
---@field task_id? string where a task exists
---@field task? liangxin.Task the live task: its wait goes on
---@field fail_code? string the service's code for a task that failed
---@field fail_msg? string its words for it
---@field stage? "resolve"|"connect"|"tls"|"send"|"receive" how far the request came
---@field attempts? integer requests sent
---@field retry_after? number seconds that the server asked to wait
---@field cause? liangxin.Error the error behind this one
---@field record? liangxin.Record the answer, where there is one
---@field problems? liangxin.Problem[] what `validate` found
---@field files? liangxin.File[] saved before a later file failed
local Error = {}

---The facts that the service's support asks for, as lines of text: kind, ids,
---model, request and answer, without the key, queries of URLs and, unless
---`prompts` is true, prompts.
---@param opts? {prompts?:boolean}
---@return string text
function Error:report(opts) end

---Wait for the task that the error is about. Returns at once when `err.task` is
---set. For a create whose answer was lost: when a callback names the task, with
---`recover` in this process, with a journal in any; or when somebody resolves its
---entry.
---@param timeout? number seconds
---@return liangxin.Task? task
---@return liangxin.Error? err the error itself where no task can be named
function Error:wait(timeout) end

return liangxin
