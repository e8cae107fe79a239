#!/usr/bin/env bash
# Brings the second set of servers for the stores' contract tests into the user's cache folder, and prints where it is.
# Nothing is installed into the system. The tests take the result from HONGYAN_MYSQL_HOME and HONGYAN_FERRETDB.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly ferretdb_version=v1.24.0 # the last 1.x: Apache-2.0, and it keeps its data in SQLite files
cache="${XDG_CACHE_HOME:-$HOME/.cache}/hongyan"

# MySQL of Debian's sid. It wants a newer libc than a stable Debian has, so it runs under the loader that came with it.
mysql() {
  local home="$cache/mysql" loader
  if [ ! -x "$home/bin/mysqld" ]; then
    rm -rf "$home" "$home.new"
    ./debian.sh unpack mysql-server-core "$home.new" >&2
    loader="$(cd "$home.new" && ls usr/lib/*/ld-linux-*.so.* | head -n 1)"
    mkdir -p "$home.new/bin"
    cat >"$home.new/bin/mysqld" <<WRAPPER
#!/bin/sh
# The server's options come first: --no-defaults is only taken there.
home="\$(cd "\$(dirname "\$0")/.." && pwd)"
exec "\$home/$loader" --library-path "\$home/$(dirname "$loader")" "\$home/usr/sbin/mysqld" "\$@" --basedir="\$home/usr"
WRAPPER
    chmod 755 "$home.new/bin/mysqld"
    "$home.new/bin/mysqld" --version >&2
    mv -T "$home.new" "$home"
  fi
  printf '%s\n' "$home"
}

# FerretDB wants Go 1.22; a stable Debian's is older.
find_go() {
  local minor home
  minor="$(go version 2>/dev/null | sed -n 's/.* go1\.\([0-9]*\).*/\1/p' || true)"
  [ "${minor:-0}" -lt 22 ] || { command -v go && return; }
  home="$cache/go"
  if [ ! -x "$home/usr/lib/go/bin/go" ]; then
    rm -rf "$home" "$home.new"
    ./debian.sh unpack golang-go "$home.new" >&2
    mv -T "$home.new" "$home"
  fi
  printf '%s\n' "$home/usr/lib/go/bin/go"
}

# FerretDB by Go's module proxy. Its sources want to be told their version, so "go install" alone makes a program that
# refuses to start.
ferretdb() {
  local program="$cache/ferretdb-$ferretdb_version" go sources work
  if [ ! -x "$program" ]; then
    go="$(find_go)"
    sources="$("$go" mod download -json "github.com/FerretDB/FerretDB@$ferretdb_version" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')"
    work="$(mktemp -d)"
    cp -r "$sources/." "$work"
    chmod -R u+w "$work"
    printf '%s\n' "$ferretdb_version" >"$work/build/version/version.txt"
    mkdir -p "$cache"
    (cd "$work" && CGO_ENABLED=0 "$go" build -o "$program.new" ./cmd/ferretdb) >&2
    rm -rf "$work"
    "$program.new" --version >&2
    mv "$program.new" "$program"
  fi
  printf '%s\n' "$program"
}

case "${1:-}" in
  mysql | ferretdb) "$1" ;;
  *)
    echo "Usage: test-stores.sh mysql|ferretdb" >&2
    exit 2
    ;;
esac
