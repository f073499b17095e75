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
  return text:reverse()
end
