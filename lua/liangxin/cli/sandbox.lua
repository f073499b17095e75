-- sandbox.lua: `liangxin sandbox`: the service on this machine, until Ctrl-C.

local M = {
  name = "sandbox",
  summary = "the service on this machine, for trying things out: no account, no cost",
}

function M.add(command)
  command:argument("options", "Options of liangxin-sandbox; `liangxin sandbox --help` lists them.")
    :args "*":argname "OPTION"
  command:handle_options(false)
end

--- Runs the command: its exit status.
function M.run(options)
  return require("liangxin.sandbox.program").main("liangxin sandbox", options.options)
end

return M
