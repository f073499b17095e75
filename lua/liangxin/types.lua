---@meta liangxin
-- luacheck: ignore 212 241 431

-- types.lua: LuaCATS annotations for everything that programs may use. Never
-- loaded: editors read it. Facts of the service carry their source: (documented)
-- by the service, (observed) on it or its sister gateways, (assumed) otherwise.
--
-- Everywhere: a programmer's mistake raises a plain string; what the network,
-- the service or the disk can do is returned as nil, err.

-- The module -------------------------------------------------------------------

---@class liangxin
---@field _VERSION string semantic version
---@field null lightuserdata JSON null, the same as cjson.null
---@field models liangxin.Models the catalogue; it is opt-in, unknown models always pass
local liangxin = {}

---@class liangxin.Options
---@field api_key? string default: LIANGXIN_API_KEY; white space around it is trimmed
---@field base_url? string default: LIANGXIN_BASE_URL; http: only to this machine
---@field timeout? number s, one API request; default 60
---@field connect_timeout? number s; default 10
---@field deadline? number s, how long a task is watched; default 900, video models 1800
---@field max_connections? integer sockets to the API; default 8
---@field max_downloads? integer downloads at a time; default 4
---@field max_requests_per_second? number shared by all tasks; default: no limit
---@field retry? liangxin.RetryOptions
---@field poll? liangxin.PollOptions a fixed cadence; default: learned per model
---@field validate? boolean|"documented" check requests against the catalogue before they are sent: "documented" only
---by what the service's documents state, true by inferred limits, too; default false
---@field recover? boolean mark callBackUrls so that notify heals lost answers; default false
---@field proxy? string as libcurl means it
---@field ca_file? string PEM file of the authorities to trust
---@field user_agent? string
---@field allow_http? boolean let http: URLs to other machines through; default false
---@field max_body? integer bytes of an answer; default 8 MiB
---@field max_download? integer bytes of a file; default 1 GiB
---@field allow_download? fun(url: string): boolean asked for each result URL and redirect
---@field on_log? fun(event: liangxin.LogEvent) called once per request
---@field durations? string a file that keeps what was learned about durations

---@class liangxin.RetryOptions
---@field attempts? integer requests for one operation; default 5
---@field base? number s, the first wait is drawn from 0 to this; less than 0.01 counts as 0.01; default 0.5
---@field max? number s, no wait is longer, Retry-After aside; less than 0.01 counts as 0.01; default 30

---@class liangxin.PollOptions
---@field first? number s from the creation to the first query; default 1
---@field factor? number each interval is the one before times this; default 1.5
---@field max? number s, the longest interval; default 10
---@field jitter? number 0.15 (the default) spreads each interval over 0.85 to 1.15 of it

---@class liangxin.LogEvent
---@field method string
---@field url string without its query
---@field status? integer HTTP status; nil when no answer came
---@field ms integer how long it took
---@field attempt integer 1 for the first
---@field request_id? string X-Oneapi-Request-Id (observed)

---A client. Starts no thread and opens no socket before the first request.
---Raises on bad options; an unknown one with the nearest name that exists.
---@param options liangxin.Options
---@return liangxin.Client
function liangxin.new(options) end

---Its arguments when the first is neither nil nor false; otherwise raises the
---error among them (on PUC Lua 5.1 its text).
---@param ... any
---@return any ...
function liangxin.check(...) end

---Seconds of a clock that never jumps; unrelated to the time of day.
---@return number seconds
function liangxin.now() end

---Mark a table to be encoded as a JSON array even when it is empty.
---@generic T: table
---@param t? T
---@return T
function liangxin.array(t) end

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

---@param id string
---@return liangxin.Model? model a copy; nil when the catalogue does not know it
function Models.get(id) end

---Check an input without sending it. Unknown models and keys pass, unless they
---are a typing error away from a known one.
---@param id string
---@param input table
---@param mode? boolean|"documented" "documented": leave out what is inferred; default true
---@return boolean? ok true, or nil
---@return liangxin.Problem[]? problems all of them; tostring(problems) is one line
function Models.validate(id, input, mode) end

-- Client -----------------------------------------------------------------------

---@class liangxin.Client
---@field park? fun(): fun(), fun() a loop adapter: wait and wake functions for a coroutine of the host's
local Client = {}

---The body of createTask as the service documents it.
---@class liangxin.Request
---@field model string the service's name for it (documented)
---@field input table the model's parameters (documented per model)
---@field callBackUrl? string public https URL, called once at the task's end (documented)

---@class liangxin.CreateOptions
---@field deadline? number s, how long this task is watched
---@field on_created? fun(task_id: string) called before the first query: save the id here
---@field on_state? fun(state: string, record: liangxin.Record) called at each change
---@field watch? boolean false: nothing is queried until the first wait
---@field validate? boolean|"documented" in place of the client's option
---@field recover? boolean see Options.recover; needs a callBackUrl

---@class liangxin.GenerateOptions: liangxin.CreateOptions
---@field callBackUrl? string

---@class liangxin.TaskOptions
---@field deadline? number s
---@field on_state? fun(state: string, record: liangxin.Record)
---@field model? string for the default deadline and the learned durations

---@class liangxin.DownloadOptions
---@field overwrite? boolean replace existing files; default false
---@field on_progress? fun(bytes: integer, total: integer?)
---@field max_bytes? integer default: Options.max_download
---@field stall? number s without a byte before the transfer is cut and resumed; default 30

---@class liangxin.File
---@field path string
---@field bytes integer
---@field content_type? string

---Create a task. Kinds: all of a request, and outcome_unknown when the answer
---was lost (a task may exist; it is never sent again by itself).
---@param request liangxin.Request
---@param opts? liangxin.CreateOptions
---@return liangxin.Task? task
---@return liangxin.Error? err
function Client:create(request, opts) end

---Create a task and wait for its result. A deadline leaves err.task to wait for.
---@param model string
---@param input table
---@param opts? liangxin.GenerateOptions
---@return liangxin.Result? result
---@return liangxin.Error? err
function Client:generate(model, input, opts) end

---A task for an id from elsewhere: a log, another process. Watching starts at
---its first wait. Each call makes a task of its own.
---@param task_id string 1 to 256 bytes
---@param opts? liangxin.TaskOptions
---@return liangxin.Task? task
---@return liangxin.Error? err only after a fork
function Client:task(task_id, opts) end

---Ask once about a task.
---@param task_id string
---@return liangxin.Record? record
---@return liangxin.Error? err
function Client:query(task_id) end

---Save what is behind a URL, as safely as a result's files.
---@param url string http or https
---@param target string a folder (ends in "/" or exists as one) or a path
---@param opts? liangxin.DownloadOptions
---@return liangxin.File? file
---@return liangxin.Error? err
function Client:download(url, target, opts) end

---Feed the body of a callback: envelope, bare data or flat (the service's shape
---is not documented exactly). It is a hint only: the task is queried at once.
---With recover, the token in it turns a lost create into its live task
---(err.task of the outcome_unknown error).
---@param body string?
---@return boolean? ok true, also for a task this client does not watch
---@return liangxin.Error? err bad_response when no task is named
function Client:notify(body) end

---A job running fn(...) in a coroutine; it starts at once. Inside a job the new
---one joins the same run or map. An error that nobody waits for is raised by the
---next step, poll or close.
---@param fn fun(...: any): any
---@param ... any
---@return liangxin.Job? job
---@return liangxin.Error? err only after a fork
function Client:spawn(fn, ...) end

---What fn(...) returns, after it and every job it spawned ended. The first error
---raised in them cancels the others at their next wait and is raised here.
---@param fn fun(...: any): any
---@param ... any
---@return any ...
function Client:run(fn, ...) end

---@class liangxin.MapOptions
---@field concurrency? integer default 8

---fn(item, index) for each item, some at a time. The first raised error cancels
---the rest and is raised here.
---@param list any[]
---@param fn fun(item: any, index: integer): any, any
---@param opts? liangxin.MapOptions
---@return any[]? values the first value of each call, in the list's order
---@return table|liangxin.Error errors second values where the first is nil; or err with nil
function Client:map(list, fn, opts) end

---Wait for tasks and jobs.
---@param list (liangxin.Task|liangxin.Job)[]
---@param timeout? number s for all together
---@return table values the (first) value of each, or nil
---@return table errors the error of each, or nil; what a job raised is its error
function Client:wait_all(list, timeout) end

---Wait for the first to end.
---@param list (liangxin.Task|liangxin.Job)[] not empty
---@param timeout? number s
---@return integer? index nil when the wait itself ended (deadline, cancelled, closed)
---@return any value
---@return any err
function Client:wait_any(list, timeout) end

---@param seconds number
---@return boolean? ok true
---@return liangxin.Error? err cancelled or closed
function Client:sleep(seconds) end

---Deliver what has happened and resume jobs; never blocks. Not inside a job.
---@param budget? number s; the rest stays for the next call
---@return integer? events
---@return liangxin.Error? err only after a fork
function Client:step(budget) end

---Block until something happened, the timeout or a signal, then step. Returns
---at once when nothing is under way and no timeout is given.
---@param timeout? number s
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

---For luasocket: whether there is work without asking the descriptor.
---@return boolean
function Client:dirty() end

---How much is open: tasks watched, creates, queries, downloads, timers, jobs.
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
---@field connections integer opened so far
---@field jobs integer that have not ended
---@field tasks table<string, integer> open tasks by last seen state
---@field durations table what was learned, by model

---@return liangxin.Stats? stats
---@return liangxin.Error? err only after a fork
function Client:stats() end

---Stop and join. Every open wait ends with kind closed, and its job is resumed
---with it, before this returns. Twice is fine. Raises what a job raised that
---nobody waited for. On Lua 5.4 also called by `local client <close>`.
---@param timeout? number s that creates under way get to come home
---@return boolean? ok true
---@return liangxin.Error? err file: the durations could not be kept
function Client:close(timeout) end

-- Task, job, result --------------------------------------------------------------

---@class liangxin.Task
---@field id string
---@field model? string
---@field state? string last seen, the service's own word: waiting, queuing, generating,
---success, fail (documented), or another
local Task = {}

---Wait for the end. A timeout, or the task's own deadline, gives kind deadline
---and ends only the wait: call again to go on. An ended task gives the same again.
---@param timeout? number s
---@return liangxin.Result? result
---@return liangxin.Error? err
function Task:wait(timeout) end

---Stop watching; the service has no way to cancel and works on. Waiters end with
---kind cancelled before this returns.
---@return boolean? ok true
---@return liangxin.Error? err only after a fork
function Task:cancel() end

---Call fn(state, record) once at each change from now on, the last one too.
---@param fn fun(state: string, record: liangxin.Record)
---@return liangxin.Task self
function Task:on_state(fn) end

---@class liangxin.Job
---@field status "running"|"waiting"|"done"|"failed"|"cancelled"
---@field traceback? string where the function raised
local Job = {}

---What the function returned. What it raised is raised again, each time.
---@param timeout? number s
---@return any ... or nil, err: deadline, cancelled, closed
function Job:wait(timeout) end

---The job's present wait returns nil, err (kind cancelled) at once; its next
---wait raises that error, so that loops end.
---@return boolean ok true
function Job:cancel() end

---@class liangxin.Result
---@field urls string[] they expire (after how long is not documented): save soon
---@field task_id string
---@field model? string
---@field record liangxin.Record
local Result = {}

---Save all files. Nothing is overwritten unless asked; a dead URL is asked for
---anew once.
---@param target string a folder (ends in "/" or exists as one: files are named
---<task_id>-<n>.<ext>), or a path for the first file
---@param opts? liangxin.DownloadOptions
---@return liangxin.File[]? files
---@return liangxin.Error? err download, expired, file, network, ...; err.files lists what was saved
function Result:save(target, opts) end

---The bytes of one file, in memory.
---@param i? integer default 1
---@param opts? liangxin.DownloadOptions without overwrite
---@return string? bytes
---@return string|liangxin.Error content_type or err
function Result:fetch(i, opts) end

---One answer of recordInfo. Fields are nil where the service said nothing.
---@class liangxin.Record
---@field task_id? string
---@field model? string
---@field state? string (documented)
---@field urls string[] from resultJson (documented)
---@field fail_code? string (documented)
---@field fail_msg? string (documented)
---@field created_ms? integer Unix time in ms (observed)
---@field updated_ms? integer Unix time in ms (observed)
---@field completed_ms? integer Unix time in ms (observed)
---@field credits? number (observed on sister gateways)
---@field progress? number 0 to 100 (observed on sister gateways)
---@field result_text? string resultJson as it came, when it held no URLs
---@field data? table the whole data object, decoded at its first use
---@field body string the answer's text; it repeats the prompt and the callback URL

-- Errors -------------------------------------------------------------------------

---@alias liangxin.Kind
---| "invalid_request" # 400, or the catalogue's check
---| "auth" # 401
---| "quota" # 402, 403: out of credits
---| "forbidden" # 403: anything else
---| "too_large" # 413
---| "rejected" # 422
---| "not_found" # the service does not know the task
---| "rate_limited" # 429 until attempts or deadline ran out
---| "server" # 5xx, or such a code inside a 200
---| "network" # no answer, see stage
---| "timeout" # one request took too long
---| "bad_response" # an answer that is not the API's
---| "memory" # out of memory
---| "outcome_unknown" # a create was sent and its answer lost
---| "task_failed" # state fail
---| "result_missing" # success without usable URLs, see record
---| "deadline" # the wait ended, the task did not
---| "cancelled" # a local end
---| "closed" # a local end
---| "forked" # the client belongs to the parent process
---| "expired" # a result URL is dead
---| "download" # wrong length or type, too large, redirect refused
---| "file" # the disk said no

---@class liangxin.Error
---@field kind liangxin.Kind
---@field message string for people; its words are no part of the interface
---@field retryable boolean the same call may be made again with no risk of paying twice
---@field charged "no"|"maybe"|"yes" what is known about the money
---@field http_status? integer
---@field api_code? string `code` of the answer
---@field request_id? string
---@field task_id? string
---@field task? liangxin.Task live: wait for it to go on
---@field fail_code? string
---@field fail_msg? string
---@field stage? "resolve"|"connect"|"tls"|"send"|"receive"
---@field attempts? integer requests sent
---@field retry_after? number s, what the server asked for
---@field cause? liangxin.Error
---@field record? liangxin.Record
---@field problems? liangxin.Problem[] of the catalogue's check
---@field files? liangxin.File[] of a save that failed half way
local Error = {}

---What the service's support asks for, as lines of text: kind, ids, model,
---request and answer. Without key, prompts, and queries of URLs.
---@return string text
function Error:report() end

return liangxin
