#!/bin/sh
set -e
apt-get install --yes ca-certificates curl lua-cjson libnginx-mod-http-lua nginx openssl
install -D -m 644 -t /usr/local/share/lua/5.1 bindings/lua/bedrock_token.lua bindings/lua/gateway/bedrock_gateway.lua
install -m 644 bindings/lua/gateway/bedrock-gateway.conf /etc/nginx/conf.d/
install -D -m 644 -t /etc/nginx/snippets bindings/lua/gateway/bedrock-gateway-*.conf
install -d -g www-data -m 750 /etc/bedrock-gateway /var/lib/bedrock-gateway
