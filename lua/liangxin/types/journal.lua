---@meta liangxin.types.journal
-- luacheck: ignore 212 241 431 631

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
---@field attended? boolean a living client sends, watches or saves it
---@field attempt integer which of them counts
---@field attempts integer creates that were planned for it
---@field task_id? string of the attempt that counts
---@field credits number charged so far, all attempts together
---@field reserved number not settled: what is under way may still cost that
---@field lost? integer attempts that it does not follow, of which nobody knows what came: see resolve
---@field urls? string[] of the result
---@field target? string where its files go
---@field files liangxin.File[] once they are saved
---@field error? liangxin.Error why it was refused, has failed or is unknown
---@field due_ms? integer of what was enqueued: when any worker may send it; Unix time in ms, as the next four
---@field created_ms integer
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
---@field lost? boolean only those that have `lost` attempts
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
---service has to know. Refused while the client that sends it lives. "nothing" and
---"charged" are said of all attempts of which nobody knows what came, also of entries
---that follow another one since (`lost`).
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
---events. The file is new, and for your eyes only: prompts are in it. An entry with
---bytes that are no UTF-8 has the member `unreadable`, its line as a text, and each of
---those bytes is `\xNN` there.
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
