-- What the core reads in a URL, and which hosts it takes for private.

local core = require("liangxin.core")

describe("a URL", function()
  it("is read in any spelling", function()
    for url, wanted in pairs({
      ["https://a.b"] = { "https", "a.b", 443 },
      ["HTTP://A.B:8080/x?y#z"] = { "http", "a.b", 8080 },
      ["http://[2001:DB8::1]/"] = { "http", "[2001:db8::1]", 80 },
      ["http://127.1/"] = { "http", "127.0.0.1", 80 },
      ["http://0x7f000001:1"] = { "http", "127.0.0.1", 1 },
      ["https://a.b/x y?z w"] = { "https", "a.b", 443 },
      ["https://a_b.c/%00"] = { "https", "a_b.c", 443 },
    }) do
      assert.same(wanted, { core.parse_url(url) }, url)
    end
  end)

  it("is nil for anything else", function()
    for _, url in ipairs({
      "", "a.b", "ftp://a.b", "file:///etc/passwd", "https:a.b", "https:/a.b", "https:///a.b", "https://",
      "https://u@a.b", "https://u:p@a.b", "https://a b/", "https://a.b\0c", "https://a.b/\r\nx", "https://a.b/\127",
      "https://a.b:0", "https://a.b:65536", "https://a.b:x", "https://[::1", "https://" .. ("a"):rep(300),
      " https://a.b",
    }) do
      assert.is_nil(core.parse_url(url), url)
    end
  end)
end)

describe("a host", function()
  it("is private by its address alone", function()
    for _, host in ipairs({
      "localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "[::1]", "10.1.2.3", "192.168.0.1", "172.16.0.1",
      "172.31.255.1", "169.254.169.254", "[fd00::1]", "[fe80::1]", "100.64.0.1", "100.127.255.255", "0.0.0.0",
      "[::ffff:10.0.0.1]",
    }) do
      assert.is_true(core.is_private(host), host)
    end
    for _, host in ipairs({
      "example.com", "8.8.8.8", "172.32.0.1", "172.15.0.1", "11.0.0.1", "100.63.0.1", "100.128.0.1",
      "[2606:4700::1111]", "10.example.com", "localhost.example.com", "", "localhost\0",
    }) do
      assert.is_false(core.is_private(host), host)
    end
  end)

  it("is this machine only on its loopback", function()
    for _, host in ipairs({ "localhost", "LOCALHOST.", "127.0.0.1", "[::1]" }) do
      assert.is_true(core.is_loopback(host), host)
    end
    for _, host in ipairs({ "10.0.0.1", "0.0.0.0", "notlocalhost", "127.0.0.1.example.com" }) do
      assert.is_false(core.is_loopback(host), host)
    end
  end)
end)

describe("a proxy", function()
  it("is a host, and perhaps a scheme of libcurl's, a user and a port", function()
    for _, text in ipairs({
      "proxy.example.com", "127.0.0.1:8080", "http://a:1", "https://a:1", "socks5h://u:p@[::1]:1080", "socks4a://a",
    }) do
      assert.is_true(core.is_proxy(text), text)
    end
    for _, text in ipairs({ "", "ftp://a", "http://", "http://a:99999", "http://a b", "a\0b", "x://a:1" }) do
      assert.is_false(core.is_proxy(text), text)
    end
  end)
end)
