-- A worker for listener_spec.lua: turns texts round, and fails on demand.

return function(text, is_stopping)
  if text == "raise" then
    error("the worker raised")
  elseif text == "nothing" then
    return nil
  elseif text == "wait" then
    while not is_stopping() do
    end
    return nil
  end
  local path = text:match("^until (.*)")
  while path and not is_stopping() do
    local file = io.open(path)
    if file then
      file:close()
      return ("x"):rep(2 ^ 25)
    end
  end
  return text:reverse()
end
