-- A picture of your own, changed by a model: liangxin.image stands where the
-- service wants a URL, and a result may stand there, too.

package.path = arg[0]:match "^(.-)[^/\\]*$" .. "?.lua;" .. package.path
local liangxin = require "liangxin"
local service = require "support.service"

local client = service.open()

local drawn = liangxin.check(client:generate("z-image", {
  prompt = "a garden gate in spring",
  image_size = "square",
}))
local photo = liangxin.check(drawn:save "out/")[1].path -- stands for yours

local winter = liangxin.check(client:generate("nano-banana-pro", {
  prompt = "the same gate in winter, snow on it",
  reference_images = { liangxin.image(photo) },
}, { validate = true }))
print("from the file: " .. liangxin.check(winter:save "out/")[1].path)

local night = liangxin.check(client:generate("nano-banana-pro", {
  prompt = "the same at night",
  reference_images = { winter },
}))
print("from the result: " .. liangxin.check(night:save "out/")[1].path)

-- What cannot be sent is said before anything is.
local _, err = client:generate("nano-banana-pro", {
  prompt = "the same",
  reference_images = { liangxin.image(arg[0]) },
})
print(err)
client:close()
