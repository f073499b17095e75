---@meta liangxin.types.webhook
-- luacheck: ignore 212 241 431 631

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
---@return integer status 200, with a journal: it is kept there; 400: no task in the body; 401: token or signature missing or wrong; 413: larger than
---max_body; 503: the client is closed, or the journal cannot be asked, or does not answer within 5 s: the service may call again
---@return string body a line of text
---@return liangxin.Hint? hint with status 200
function Receiver:receive(headers, raw_body, opts) end
