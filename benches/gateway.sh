#!/usr/bin/env bash
# benches/gateway.sh [ROUNDS]: requests a second through the gateway of docs/GATEWAY.md, divided by those
# through the same nginx without Lua, which checks no key and sends a constant as long as a token. Both go
# over TLS to a service in nginx that answers at once; then both over plain HTTP, where the token is a larger
# part. The second ratio is of requests a second of nginx's processor time: other work on the machine
# disturbs it less.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-9}
gateway=$PWD/bindings/lua/gateway
tools/need.sh nginx /usr/lib/nginx/modules/ngx_http_lua_module.so=libnginx-mod-http-lua \
  "/usr/lib/$(uname -m)-linux-gnu/lua/5.1/cjson.so=lua-cjson" openssl pgrep=procps wrk
work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server"; wait; rm -r "$work"' EXIT

host=bedrock-runtime.eu-central-1.amazonaws.com
mkdir "$work/snippets"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$host" -addext "subjectAltName=DNS:$host" \
  -keyout "$work/key.pem" -out "$work/certificate.pem" 2>/dev/null
key=$(openssl rand -hex 32)
echo "$key" >"$work/team-a.key"
cat >"$work/team-a.json" <<END
{"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
END
chmod 640 "$work"/team-a.*
cat >"$work/post.lua" <<END
wrk.method, wrk.body = "POST", '{"messages": [{"role": "user", "content": "Hello"}]}'
END
# The shipped configuration, with another port and folder.
sed "s/:8080/:18081/; /resolver /d" "$gateway/bedrock-gateway.conf" >"$work/gateway.conf"
cp "$gateway"/bedrock-gateway-*.conf "$work/snippets"
sed -i "s#/etc/ssl/certs/ca-certificates.crt#$work/certificate.pem#" "$work/snippets/bedrock-gateway-proxy.conf"
cat >"$work/nginx.conf" <<END
load_module /usr/lib/nginx/modules/ndk_http_module.so;
load_module /usr/lib/nginx/modules/ngx_http_lua_module.so;
worker_processes $(getconf _NPROCESSORS_ONLN);
user root;
daemon off;
pid $work/pid;
error_log $work/error.log;
events { }
http {
  access_log off;
  lua_package_path "$PWD/bindings/lua/?.lua;$gateway/?.lua;;";
  init_by_lua_block {
    local gateway = require("bedrock_gateway")
    gateway.keys, gateway.credentials = "$work/%s.key", "$work/%s.json"
  }
  upstream $host { server 127.0.0.1:PORT; keepalive 128; }
  include gateway.conf;
  server {
    listen 127.0.0.1:18082;
    set \$gateway_workspace "";
    location ~ ^/team-a(/.*) {
      set \$gateway_host $host;
      set \$gateway_path \$1;
      set \$gateway_token $(printf 'x%.0s' {1..436});
      include snippets/bedrock-gateway-proxy.conf;
    }
  }
  server {
    listen 127.0.0.1:18083 ssl;
    listen 127.0.0.1:18084;
    ssl_certificate certificate.pem;
    ssl_certificate_key key.pem;
    keepalive_requests 1000000;
    return 200 "{}";
  }
}
END

processor_time() { # of nginx's workers, in hundredths of a second
  local pid sum=0 fields
  for pid in $(pgrep -P "$server"); do
    read -ra fields <"/proc/$pid/stat"
    sum=$((sum + fields[13] + fields[14]))
  done
  echo $sum
}
rate() { # PORT: requests a second, and for each second of nginx's processor time. Each answer must be 200
  local said before
  before=$(processor_time)
  said=$(wrk --threads 2 --connections 64 --duration 2s --script "$work/post.lua" \
    --header "Authorization: Bearer $key" "http://127.0.0.1:$1/team-a/openai/v1/chat/completions")
  [[ $said != *Non-2xx* && $said != *"Socket errors"* ]] || { echo "$said" >&2 && return 1; }
  awk -v time=$(($(processor_time) - before)) \
    '/requests in/ { n = $1 } /^Requests\/sec/ { print $2, 100 * n / time }' <<<"$said"
}
middle() { # COLUMN FORMAT: the median and the middle half
  sort -n -k "$1,$1" "$work/rounds" | awk -v column="$1" -v form="$2" '
    { value[NR] = $column }
    END { printf form, value[int((NR + 1) / 2)], value[int((NR + 3) / 4)], value[int((3 * NR + 3) / 4)] }'
}

for way in "TLS 18083" "HTTP 18084"; do
  read -r name port <<<"$way"
  sed "s/PORT/$port/" "$work/nginx.conf" >"$work/$name.conf"
  [[ $name == TLS ]] || sed -i 's#https://#http://#' "$work/snippets/bedrock-gateway-proxy.conf"
  LD_LIBRARY_PATH=$PWD/build/release/lib nginx -p "$work" -c "$work/$name.conf" 2>/dev/null &
  server=$!
  until (: <>/dev/tcp/127.0.0.1/18082) 2>/dev/null; do sleep 0.1; done
  for ((i = 0; i < rounds; i++)); do
    if ((i % 2)); then
      without=$(rate 18082) with=$(rate 18081)
    else
      with=$(rate 18081) without=$(rate 18082)
    fi
    awk '{ print $1, $1 / $3, $2 / $4 }' <<<"$with $without"
  done >"$work/rounds"
  middle 1 "$name: %d requests a second with the token (%d to %d)\n"
  middle 2 "  of the rate without it: %.3f (%.3f to %.3f)\n"
  middle 3 "  of the rate without it, for nginx's processor time: %.3f (%.3f to %.3f)\n"
  kill $server
  wait $server || true
  server=
done
