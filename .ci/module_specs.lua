-- Each Lua module has a spec of its name, `make lint`: lua/liangxin/a/b.lua has
-- spec/a_b_spec.lua, an init.lua in a folder the spec with the folder's name.
-- The others stand here: module, the spec that proves it, why.

local ELSEWHERE = {
  { "cli/batch_file", "cli_batch_spec", "seen from the program" },
  { "cli/common", "cli_generate_spec", "seen from the program" },
  { "cli/costs", "cli_generate_spec", "seen from the program" },
  { "cli/csv", "cli_rows_spec", "seen from the rows" },
  { "cli/doctor/machine", "cli_doctor_spec", "seen from the program" },
  { "cli/doctor/report", "cli_doctor_spec", "seen from the program" },
  { "cli/doctor/service", "cli_doctor_spec", "seen from the program" },
  { "cli/gallery/script", "cli_gallery_page_spec", "clicked by make gallery-test" },
  { "cli/gallery/style", "cli_gallery_page_spec", "looked at by make gallery-test" },
  { "cli/json", "cli_models_spec", "a few lines over cjson" },
  { "cli/lines", "cli_rows_spec", "seen from the rows" },
  { "cli/live", "cli_progress_spec", "seen in a terminal" },
  { "cli/output", "cli_spec", "seen from the program" },
  { "cli/parser", "cli_spec", "seen from the program" },
  { "cli/pictures", "cli_progress_spec", "seen in a terminal" },
  { "cli/problems", "cli_batch_spec", "seen from the program" },
  { "cli/sandbox", "cli_spec", "one line over the sandbox's program" },
  { "cli/save", "cli_stops_spec", "seen from the program" },
  { "cli/folders", "cli_generate_spec", "seen from the program" },
  { "cli/export", "cli_journal_spec", "seen from the program" },
  { "cli/prune", "cli_journal_spec", "seen from the program" },
  { "cli/resolve", "cli_journal_spec", "seen from the program" },
  { "cli/resume", "cli_journal_spec", "seen from the program" },
  { "cli/spend", "cli_journal_spec", "seen from the program" },
  { "cli/watch", "cli_journal_spec", "seen from the program" },
  { "cli/status", "cli_spec", "seen from the program" },
  { "journal/asking", "journal_entries_spec", "seen from client.journal" },
  { "journal/enqueuing", "journal_work_spec", "seen from client.journal" },
  { "journal/init", "journal_entries_spec", "client.journal" },
  { "journal/money", "journal_budget_spec", "a few lines" },
  { "journal/settings", "journal_options_spec", "the options" },
  { "journal/working", "journal_work_spec", "client:work" },
  { "journal/wish", "journal_budget_spec", "seen from create and generate" },
  { "cli/enqueue", "cli_work_spec", "seen from the program" },
  { "cli/listen", "cli_work_spec", "seen from the program" },
  { "cli/worker", "cli_work_spec", "seen from the program" },
  { "cli/validate", "cli_batch_spec", "seen from the program" },
  { "loop/%w+", "loop_spec", "each host runs its own in spec/hosts" },
  { "listening/handler", "listening_spec", "answers over HTTP" },
  { "models/flux", "models_spec", "rows of the catalogue: data" },
  { "models/google", "models_spec", "rows of the catalogue: data" },
  { "models/imagen", "models_spec", "rows of the catalogue: data" },
  { "models/kling", "models_spec", "rows of the catalogue: data" },
  { "models/seedream", "models_spec", "rows of the catalogue: data" },
  { "models/z_image", "models_spec", "rows of the catalogue: data" },
  { "models/ratios", "models_size_spec", "data" },
  { "models/types", "docs_spec", "made from the catalogue, never loaded" },
  { "sandbox/files", "sandbox_pictures_spec", "answers over HTTP" },
  { "sandbox/jobs", "sandbox_spec", "answers over HTTP" },
  { "sandbox/json", "sandbox_answers_spec", "a few lines over cjson" },
  { "sandbox/painter", "sandbox_pictures_spec", "runs in the listener's worker" },
  { "sandbox/record", "sandbox_tasks_spec", "how a task is shown" },
  { "sandbox/service", "sandbox_spec", "answers over HTTP" },
  { "question", "account_spec", "seen from query and account" },
  { "task/creating", "generate_spec", "seen from create and generate" },
  { "task/preparing", "generate_spec", "seen from create and generate" },
  { "task/watching", "task_spec", "seen from the task" },
  { "types/%w+", "types_spec", "annotations, never loaded" },
}

local function exists(name)
  local file = io.open("spec/" .. name .. ".lua")
  return file ~= nil and file:close()
end

local function elsewhere(module)
  for _, row in ipairs(ELSEWHERE) do
    if module:match("^" .. row[1] .. "$") then
      row.is_used = true
      return row[2]
    end
  end
  return nil
end

local is_good = true
local function fault(...)
  is_good = false
  print(string.format(...))
end

local list = assert(io.popen("find lua/liangxin -name '*.lua' | sort"))
for path in list:lines() do
  local module = path:match("^lua/liangxin/(.+)%.lua$")
  local spec = module:gsub("(.)/init$", "%1"):gsub("/", "_") .. "_spec"
  if not exists(spec) then
    local other = elsewhere(module)
    if not other or not exists(other) then
      fault("%s: no spec/%s.lua", path, other or spec)
    end
  end
end
list:close()
for _, row in ipairs(ELSEWHERE) do
  if not row.is_used then
    fault(".ci/module_specs.lua: %s is no module without a spec of its name", row[1])
  end
end
os.exit(is_good)
