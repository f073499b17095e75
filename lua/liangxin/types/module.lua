---@meta liangxin
-- luacheck: ignore 212 241 431 631

-- types/: LuaCATS annotations of everything that programs may use. Never
-- loaded: editors read them, and `make docs` makes the reference in README.md
-- from them. Facts of the service carry their source: (documented) by the
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
---@field max_requests_per_second? number shared by all tasks, and with a journal by all clients of it that work for the same account; default: no limit, but the rate falls on 429 and recovers
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

return liangxin
