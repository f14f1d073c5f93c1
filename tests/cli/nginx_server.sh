# Sourced by CLI tests: nginx on loopback and a proxy with faults before it, stopped by finish_servers. Needs $here.

PATH=$PATH:/usr/sbin
servers=()

# Ends the test with exit code 77 where the tools are missing.
require_nginx() {
  local tool
  for tool in nginx python3; do
    command -v "$tool" >/dev/null || { echo "skipped: no $tool; pipelines/setup.sh installs it"; exit 77; }
  done
  unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy
}

finish_servers() {
  [ ${#servers[@]} = 0 ] || kill "${servers[@]}" 2>/dev/null
  wait 2>/dev/null
}

# start_nginx FOLDER: serves FOLDER of the working folder at http://127.0.0.1:$port.
start_nginx() {
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  cat >nginx.conf <<CONF
daemon off; worker_processes 2; pid nginx.pid; error_log nginx.log;
events { worker_connections 128; }
http {
  access_log off; client_body_temp_path t; proxy_temp_path t; fastcgi_temp_path t; uwsgi_temp_path t; scgi_temp_path t;
  server { listen 127.0.0.1:$port; root $PWD/$1; location ~ \.ls { deny all; } }
}
CONF
  [ "$(id -u)" != 0 ] || sed -i '1i user root;' nginx.conf
  nginx -p "$PWD" -e nginx.log -c nginx.conf &
  servers+=($!)
  for _ in $(seq 100); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.1; done
}

# start_fault_proxy: puts http_fault_proxy.py before nginx at $proxy; its log is `requests`.
start_fault_proxy() {
  python3 "$here/http_fault_proxy.py" "$port" requests >proxy-port 2>proxy-errors &
  servers+=($!)
  for _ in $(seq 100); do [ -s proxy-port ] && break; sleep 0.1; done
  proxy=http://127.0.0.1:$(cat proxy-port)
}
