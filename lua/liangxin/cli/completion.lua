-- completion.lua: `liangxin completion SHELL`: what a shell reads to complete the
-- command line.

local models = require "liangxin.models"
local status = require "liangxin.cli.status"

local M = {
  name = "completion",
  summary = "what bash, zsh or fish read to complete the command line",
  description = "Write what a shell reads to complete commands, options and models:\n"
    .. "  bash   eval \"$(liangxin completion bash)\" in ~/.bashrc\n"
    .. "  zsh    liangxin completion zsh >~/.zfunc/_liangxin, with fpath+=~/.zfunc before compinit\n"
    .. "  fish   liangxin completion fish >~/.config/fish/completions/liangxin.fish",
}

function M.add(command)
  command:argument("shell", "The shell."):choices({ "bash", "zsh", "fish" }):argname "SHELL"
end

-- Models are completed; what the catalogue does not know may be typed, too.
local function ids()
  local list = {}
  for i, model in ipairs(models.list()) do
    list[i] = model.id
  end
  return list
end

local function add_models(parser)
  for _, command in ipairs(parser._commands) do
    for _, list in ipairs { command._arguments, command._options } do
      for _, element in ipairs(list) do
        local name = element._name
        if name == "model" or name == "--model" or command._name == "models" and name == "id" then
          element:choices(ids())
        end
      end
    end
  end
end

-- lua-argparse completes no arguments for bash: models and their parameters.
local BASH = [=[

_liangxin_words() {
    _liangxin
    [[ ${#COMPREPLY[@]} -eq 0 && "$cur" != -* ]] || return
    local words=
    case "${COMP_WORDS[1]}:$COMP_CWORD" in
        generate:2|models:2) words="%s" ;;
        generate:*)
            case "${COMP_WORDS[2]}" in
%s            esac
            compopt -o nospace ;;
    esac
    COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}

complete -F _liangxin_words -o bashdefault -o default liangxin
]=]

local function bash_words()
  local cases = {}
  for i, model in ipairs(models.list()) do
    local names = {}
    for k, spec in ipairs(model.parameters) do
      names[k] = spec.name .. "="
    end
    cases[i] = ('                %s) words="%s" ;;\n'):format(model.id, table.concat(names, " "))
  end
  return BASH:format(table.concat(ids(), " "), table.concat(cases))
end

local FISH = "complete -c liangxin -n '__fish_seen_subcommand_from generate models' -xa '%s'\n"

local MORE = {
  bash = bash_words,
  fish = function()
    return FISH:format(table.concat(ids(), " "))
  end,
  zsh = function()
    return ""
  end,
}

--- Runs the command: its exit status.
function M.run(options, cli)
  add_models(cli.parser)
  local text = cli.parser["get_" .. options.shell .. "_complete"](cli.parser) .. MORE[options.shell]()
  cli.output:result((text:gsub("\n$", "")))
  return status.ok
end

return M
