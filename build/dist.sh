#!/usr/bin/env bash
# Packs what `./hongyan dist` has built: hongyan-VERSION.tar.gz, the same bytes from the same sources and JDK. It holds
# the launcher, each jar once, the settings and the licences, and runs from any folder without Maven.
# Usage: dist.sh LIST [FOLDER]; the list of the libraries' licences, and where the archive goes (target).
set -euo pipefail
list="$(realpath "$1")"
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mkdir -p "${2:-target}"
folder="$(cd "${2:-target}" && pwd)"

readonly here="$PWD"
version="$(sed -n '0,/<version>/s/.*<version>\(.*\)<\/version>.*/\1/p' pom.xml)"
name="hongyan-$version"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
top="$work/$name"
mkdir -p "$top/bin" "$top/lib" "$top/licences"

# The class path of everything, in Maven's order; names relative to the release's folder.
class_path=""
while IFS= read -r -d : jar; do
  file="$(basename "$jar")"
  [ -f "$jar" ] || { echo "dist: $jar of the class path is no jar" >&2; exit 1; }
  [ ! -e "$top/lib/$file" ] || { echo "dist: two jars are named $file" >&2; exit 1; }
  cp "$jar" "$top/lib/$file"
  class_path="${class_path:+$class_path:}lib/$file"
done < <(printf '%s:' "$here/standalone/target/hongyan-standalone-$version.jar" "$(tr -d '\n' <standalone/target/run.classpath)")
printf '%s\n' "$class_path" >"$top/lib/class-path"

cp hongyan "$top/bin/hongyan"
cp LICENSE NOTICE "$top/"
[ ! -d config ] || cp -r config "$top/config"
cp "$list" "$top/licences/THIRD-PARTY.txt"
"$JAVA_HOME/bin/java" build/Licences.java "$top/lib" "$top/licences"

# Owners, rights, times and order say nothing of the machine that packs.
find "$top" -type d -exec chmod 755 {} +
find "$top" -type f -exec chmod 644 {} +
chmod 755 "$top/bin/hongyan"
# Jars are compressed already.
tar --create --format=ustar --sort=name --mtime='2026-01-01 00:00:00Z' --owner=0 --group=0 --numeric-owner \
  --directory="$work" "$name" | gzip -n -1 >"$folder/$name.tar.gz.new"
mv "$folder/$name.tar.gz.new" "$folder/$name.tar.gz"
printf '%s\n' "$folder/$name.tar.gz"
