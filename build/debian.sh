#!/usr/bin/env bash
# Takes single programs from Debian's sid without touching the system: its libc and packages stay as they are.
set -euo pipefail

usage="Usage: debian.sh mirror               print the Debian mirror that this machine uses
       debian.sh unpack PACKAGE DIR   unpack a package of sid, with all it needs, into an empty folder"

mirror() {
  # Some of these files are missing everywhere, which sed counts as a failure.
  { sed -n 's/^URIs: *\([^ ]*\).*/\1/p; s/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\).*/\2/p' \
    /etc/apt/sources.list.d/*.sources /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true; } |
    grep -m 1 -E '/debian/?$'
}

# apt with lists, cache and state of its own in $root, as if no package were installed.
private_apt() {
  "$1" -o Dir::Etc::SourceList="$root/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null \
    -o Dir::State="$root/state" -o Dir::State::status="$root/state/status" -o Dir::Cache="$root/cache" \
    -o Acquire::Languages=none -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1 "${@:2}"
}

open_root() {
  command -v apt-get >/dev/null && [ -n "$(mirror)" ] || { echo "this is not a Debian: no apt-get or no mirror" >&2; exit 1; }
  root="$(mktemp -d)"
  trap 'rm -rf "$root"' EXIT
  mkdir -p "$root/state/lists/partial" "$root/cache/archives/partial"
  : >"$root/state/status"
  printf 'deb %s sid main\n' "$(mirror)" >"$root/sources.list"
  private_apt apt-get update -qq
}

unpack() { # PACKAGE DIR
  local deb
  private_apt apt-get install -yqq --download-only --no-install-recommends "$1" >/dev/null
  mkdir -p "$2"
  for deb in "$root"/cache/archives/*.deb; do
    dpkg-deb -x "$deb" "$2"
  done
}

case "${1:-}" in
  mirror) mirror ;;
  unpack)
    open_root
    unpack "$2" "$3"
    ;;
  *)
    echo "$usage" >&2
    exit 2
    ;;
esac
