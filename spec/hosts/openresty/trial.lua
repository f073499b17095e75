require("spec.hosts.openresty.nginx").start(os.getenv "HERE" .. "/spec/hosts/openresty/trial.conf", 0, "",
  "daemon off;")
