---@meta liangxin.types.errors
-- luacheck: ignore 212 241 431 631

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
---| "cancelled" # a task or job was cancelled here; charged: see; retryable: see; `client:task(id)` finds the task again
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
---time, the API's origin, versions, model, request and answer, without the key, queries of URLs and, unless
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
