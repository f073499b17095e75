-- A process that says everything it can about a create that fails, then dies of
-- the error: lua spec/support/secrets_child.lua BASE_URL. Secrets come in the
-- environment.

local liangxin = require("liangxin")

local client = liangxin.new({
  base_url = (...),
  retry = { attempts = 1 },
  on_log = function(event)
    for name, value in pairs(event) do
      print(name, value)
    end
  end,
})
print("ready")
io.flush()
local request = {
  model = "z-image",
  input = { prompt = os.getenv("CHILD_PROMPT") },
  callBackUrl = os.getenv("CHILD_CALLBACK"),
}
local _, err = client:create(request)
print(client, err, err:report())
for name, value in pairs(client:stats()) do
  print(name, value)
end
client:run(function()
  liangxin.check(client:create(request))
end)
