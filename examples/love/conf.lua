function love.conf(t)
  t.identity = "liangxin-example"
  t.window.title = "liangxin in LÖVE"
  t.window.width, t.window.height = 640, 480
  t.modules.audio, t.modules.sound, t.modules.physics = false, false, false
end
