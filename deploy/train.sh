#!/usr/bin/env bash
# Run in the image's build: starts the whole system over stores of the build's own, sends messages through it, and ends it, upon
# which the JVM writes its cache of loaded and linked classes. Services then start in half the time.
# Usage: train.sh FILE
set -euo pipefail
cache="$1"
folder="$(dirname "$cache")"
mkdir -p "$folder"

fail() {
  printf 'train: %s\n' "$1" >&2
  sed 's/^/  /' "$folder/log" >&2
  exit 1
}

# The garbage collector and the headers of objects are those of the launcher: a cache of others is not taken.
export HONGYAN_JAVA_OPTIONS="-Xms256m -Xmx640m -XX:+UseG1GC -XX:+UseCompactObjectHeaders -XX:AOTCacheOutput=$cache"
HONGYAN_OPS_PORT=9100 hongyan run --ephemeral >"$folder/log" 2>&1 &
server=$!
for ((i = 0; i < 240; i++)); do
  hongyan health 9100 >/dev/null 2>&1 && break
  kill -0 "$server" 2>/dev/null || fail "the system did not start"
  sleep 1
done
unset HONGYAN_JAVA_OPTIONS
for peer in bob carol; do
  echo hello | hongyan chat alice "$peer" --register || fail "no message went through"
done
hongyan chat bob alice --register </dev/null || fail "no message was received"
kill -TERM "$server"
status=0
wait "$server" || status=$?
# 143: the JVM's own, after it stopped all by the signal.
[ "$status" -eq 0 ] || [ "$status" -eq 143 ] || fail "the system ended with $status"
[ -s "$cache" ] || fail "the JVM wrote no cache"
