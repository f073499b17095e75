-- For `busted --helper` under wine: what specs find instead of what cannot be
-- built or is not like elsewhere.

-- The C library names files of the drive's root, which is that of Linux.
os.tmpname = function() -- luacheck: ignore 122
  return ("%s\\lx-%s"):format(os.getenv("TEMP"), require("liangxin.core").token())
end

package.preload["liangxin.sandbox"] = function()
  return require("spec.support.wine.sandbox")
end
