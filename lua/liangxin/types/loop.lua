---@meta liangxin.types.loop
-- luacheck: ignore 212 241 431 631

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
