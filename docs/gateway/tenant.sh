#!/bin/sh
set -e
tenant=team-a
umask 027
openssl rand -hex 32 >/etc/bedrock-gateway/$tenant.key
cd /var/lib/bedrock-gateway
aws configure export-credentials >$tenant.new
chgrp www-data $tenant.new /etc/bedrock-gateway/$tenant.key
mv $tenant.new $tenant.json
