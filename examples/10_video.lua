-- A video from a picture: the still is made first, then moved. Video takes
-- minutes at the service; it is watched for 30 minutes before a wait ends with
-- kind deadline. The sandbox draws an animated GIF, whatever the model.

package.path = arg[0]:match "^(.-)[^/\\]*$" .. "?.lua;" .. package.path
local liangxin = require "liangxin"
local service = require "support.service"

local folder = arg[1] or "demo"
local client = service.open()

local still = liangxin.check(client:generate("z-image", {
  prompt = "a steam train on a viaduct in the mountains",
  image_size = "landscape_16_9",
}))
print("still: " .. still.task_id)

local video = liangxin.check(client:generate("kling-v3-pro", {
  prompt = "the train crosses the viaduct, camera follows",
  start_image_url = still.urls[1],
  duration = "5", -- a string, as the service's upstream wants it
  aspect_ratio = "16:9",
}, {
  on_state = function(state, record)
    print("video: " .. state .. (record.progress and (" %g %%"):format(record.progress) or ""))
  end,
}))

-- Large files stream to disk: .part first, resumed after a cut, renamed last.
local last
local files = liangxin.check(video:save(folder .. "/", {
  on_progress = function(bytes, total)
    last = ("%.0f of %s KiB"):format(bytes / 1024, total and ("%.0f"):format(total / 1024) or "?")
  end,
}))
print(("saved %s (%s, %s)"):format(files[1].path, last, files[1].content_type))
client:close()
