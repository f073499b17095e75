require("spec.hosts.openresty.nginx").start(os.getenv "HERE" .. "/spec/hosts/openresty/trial.conf", {}, "",
  "daemon off;")
