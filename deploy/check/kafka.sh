#!/usr/bin/env bash
# Stands in for the start of Kafka's image: KAFKA_NODE_ID becomes node.id, and so on; the folder is formatted once.
set -euo pipefail
settings=/opt/kafka/config/server.properties
env | grep '^KAFKA_' | grep -vE '^KAFKA_(HEAP_OPTS|OPTS|JVM)' | while IFS='=' read -r name value; do
  name="${name#KAFKA_}"
  printf '%s=%s\n' "$(tr '[:upper:]_' '[:lower:].' <<<"$name")" "$value"
done >"$settings"
# shellcheck disable=SC2086
java="java -Dlogback.configurationFile=/opt/kafka/logback.xml ${KAFKA_HEAP_OPTS:-} -cp /opt/kafka/libs/*"
set -f
$java kafka.tools.StorageTool format --ignore-formatted --cluster-id "$CLUSTER_ID" --config "$settings"
exec $java kafka.Kafka "$settings"
