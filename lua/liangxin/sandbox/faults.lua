-- The fault words, as data: what each makes the sandbox do wrong. A word works
-- as the option `fault`, for everything, or as a tag such as [slow] in a
-- prompt, for that one task; several may be combined. Every reader of a row is
-- named beside the field that it reads.
--
--   refuse   (jobs.lua)  createTask answers `status` in shape "task" or
--            "platform" and no task is made. With `times`, a prompt is
--            refused that often, then accepted once, and so on in turn;
--            without, always.
--   lost     (jobs.lua)  the task is made and billed, but createTask answers
--            this status as a gateway's page: the id is lost.
--   ends     (tasks.lua) the task ends in state `fail` with these words.
--   slowness (tasks.lua) the task takes this many times as long.
--   stays    (tasks.lua) the task reaches this state and never leaves it.
--   query    (jobs.lua)  the first `times` recordInfo answers for the task
--            are, with status 200, an "html" page or JSON that is "cut".
--   dead_link (files.lua) the first result URL answers this status, each time.
--            Once it has, the next recordInfo gives a fresh URL, which works;
--            until somebody has tried the dead one, recordInfo repeats it.

return {
  {
    word = "fail",
    help = 'the task ends in state "fail", failCode "501"',
    ends = { code = "501", message = "Generation failed" },
  },
  {
    word = "429",
    help = "createTask answers 429 twice per prompt, then accepts it",
    refuse = {
      status = 429,
      shape = "task",
      message = "当前分组上游负载已饱和，请稍后再试",
      times = 2,
    },
  },
  {
    word = "500",
    help = "createTask answers 500 and makes no task",
    refuse = {
      status = 500,
      shape = "task",
      message = "Server Error - An unexpected error occurred while "
        .. "processing the request",
    },
  },
  {
    word = "lost",
    help = "the task is made, but createTask answers a gateway's 504",
    lost = 504,
  },
  {
    word = "slow",
    help = "the task takes ten times as long",
    slowness = 10,
  },
  {
    word = "never",
    help = 'the task stays in state "generating"',
    stays = "generating",
  },
  {
    word = "html",
    help = "recordInfo answers an HTML page with 200, three times",
    query = { kind = "html", times = 3 },
  },
  {
    word = "garbage",
    help = "recordInfo answers JSON that is cut off, three times",
    query = { kind = "cut", times = 3 },
  },
  {
    word = "gone",
    help = "the result URL answers 410 until recordInfo gives a fresh one",
    dead_link = 410,
  },
  {
    word = "403",
    help = "createTask answers 403: the account is out of credits",
    refuse = {
      status = 403,
      shape = "platform",
      message = "用户额度不足, 剩余额度: ＄0.000000",
      code = "insufficient_user_quota",
    },
  },
  {
    word = "422",
    help = "createTask answers 422: the upstream's validation refused it",
    refuse = {
      status = 422,
      shape = "task",
      message = "upstream validation rejected the request",
    },
  },
  {
    word = "503",
    help = "createTask answers the platform's 503 twice per prompt",
    refuse = {
      status = 503,
      shape = "platform",
      message = "No available channel for this model",
      code = "model_not_found",
      times = 2,
    },
  },
}
