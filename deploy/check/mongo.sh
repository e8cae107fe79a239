#!/usr/bin/env bash
# Stands in for the entry point of MongoDB's image. The embedded server takes port and password from its folder.
set -euo pipefail
umask 077
mkdir -p /data/db/ports /data/db/secrets
: >>/data/db/lock
echo 27018 >/data/db/ports/mongo
printf '%s' "$MONGO_INITDB_ROOT_PASSWORD" >/data/db/secrets/mongo
socat TCP-LISTEN:27017,fork,reuseaddr TCP:127.0.0.1:27018 &
exec java -Dlogback.configurationFile=/opt/hongyan/logback.xml -Xmx512m -XX:+UseSerialGC -cp '/opt/hongyan/lib/*' im.hongyan.embedded.EmbeddedServerMain mongo /data/db
