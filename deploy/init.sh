#!/usr/bin/env bash
# `./hongyan init`: writes the settings of docker-compose.yml with random secrets to an environment file, and asks nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage="Usage: ./hongyan init [OPTIONS]

Writes the environment file of docker-compose.yml, with new random secrets, readable by its owner alone.

  --address ADDRESS  name or address by which clients reach this machine (127.0.0.1); with any other than a
                     loopback one the two ports of clients are opened to the network
  --brokers NUMBER   1, or 3, of which any one may be away; chosen for good with the first start (1)
  --dir FOLDER       where the file .env is written (deploy)
  --force            write a new file over one that is there: stores that were set up with the old secrets
                     refuse the new ones"

fail() {
  printf 'hongyan init: %s\n' "$1" >&2
  exit "${2:-1}"
}

address=127.0.0.1
brokers=1
folder=deploy
force=""
while [ "$#" -gt 0 ]; do
  case "$1" in
    --address | --brokers | --dir)
      [ -n "${2:-}" ] || fail "$1 wants a value" 2
      declare "$([ "$1" = --dir ] && echo folder || echo "${1#--}")=$2"
      shift 2
      ;;
    --force) force=yes && shift ;;
    --help | -h) printf '%s\n' "$usage" && exit 0 ;;
    *) fail "there is no option '$1'; ./hongyan init --help lists them" 2 ;;
  esac
done

# What can be written into URLs without brackets: names, and addresses of version 4.
[[ "$address" =~ ^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$ ]] ||
  fail "'$address' is neither a host name nor an IPv4 address" 2
[ -d "$folder" ] || fail "there is no folder $folder"
file="$folder/.env"
[ -n "$force" ] || [ ! -e "$file" ] || fail "$file is there already; --force writes new secrets over it, and the stores refuse them"

case "$brokers" in
  1) kafka="" ;;
  3)
    kafka="
# Three brokers: topics keep the number of copies that they were made with.
KAFKA_BROKERS=kafka:9092,kafka-2:9092,kafka-3:9092
KAFKA_VOTERS=1@kafka:9093,2@kafka-2:9093,3@kafka-3:9093
KAFKA_REPLICAS=3
KAFKA_MIN_ISR=2
"
    ;;
  *) fail "--brokers is 1 or 3, not '$brokers'" 2 ;;
esac
case "$address" in
  127.* | localhost) bind=127.0.0.1 ;;
  *) bind=0.0.0.0 ;;
esac
version="$(sed -n '0,/<version>/s/.*<version>\(.*\)<\/version>.*/\1/p' pom.xml)"

# 192 bits, in letters and digits alone, so that it stands in URLs and files as it is.
secret() {
  od -An -v -tx1 -N24 /dev/urandom | tr -d ' \n'
}

umask 077
new="$(mktemp "$folder/.env.XXXXXX")"
trap 'rm -f "$new"' EXIT
cat >"$new" <<TEXT
# Settings of docker-compose.yml, made by ./hongyan init. It holds secrets: keep it to yourself, and keep a copy of it.
# What each means: docs/operations/deploy.md.

# How clients reach this machine, and the address its two ports are opened on: 0.0.0.0 for all.
HONGYAN_PUBLIC_ADDRESS=$address
HONGYAN_BIND_ADDRESS=$bind
HONGYAN_API_PORT=10002
HONGYAN_WS_PORT=10001

# The image, as deploy/Dockerfile makes it.
HONGYAN_IMAGE=hongyan/hongyan:$version

# cluster: a container for each service; small: one for all of them; and monitoring: Prometheus and Grafana as well.
COMPOSE_PROFILES=cluster$([ "$brokers" = 1 ] || echo ,three-brokers)
$kafka
# Secrets of our services and of the stores.
HONGYAN_SHARE_SECRET=$(secret)
MYSQL_PASSWORD=$(secret)
MYSQL_ROOT_PASSWORD=$(secret)
MONGO_PASSWORD=$(secret)
REDIS_PASSWORD=$(secret)
GRAFANA_PASSWORD=$(secret)
TEXT
mv -f "$new" "$file"
trap - EXIT
printf 'hongyan: %s is written; next: docker compose --env-file %s up -d\n' "$file" "$file"
