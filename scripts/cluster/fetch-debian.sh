#!/bin/bash
# fetch-debian.sh SUITE FOLDER PACKAGE=VERSION…: unpacks packages of a suite of Debian into FOLDER and installs nothing.
# Each has to be of the upstream version that VERSION begins; anything else is an error, since what was tested is another
# program. They come from the mirror that this machine's apt has for its own suite, signed by Debian's keys; apt's lists of
# the other suite are kept beside FOLDER, so that this machine's apt stays as it is.
set -euo pipefail
# shellcheck source=scripts/debian-suite.sh
. "$(dirname "$0")/../debian-suite.sh"

suite=$1
folder=$2
shift 2
[ "$(cat "$folder/.complete" 2>/dev/null || true)" != "$suite $*" ] || exit 0
rm -rf "$folder"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
apt=$(dirname "$folder")/apt/$suite
use_suite "$suite" "$apt"
cd "$apt/downloads"
download() {
	rm -f ./*.deb
	timeout 600 apt-get "${apt_settings[@]}" download "${packages[@]}"
}
packages=("${@%%=*}")
# There are no lists yet, or they name what has been replaced since.
download 2>/dev/null || { timeout 300 apt-get "${apt_settings[@]}" update && download; }

for wanted in "$@"; do
	package=${wanted%%=*}
	archive=$(echo "$package"_*.deb)
	version=$(dpkg-deb --field "$archive" Version)
	upstream=${version#*:}
	case $upstream in
	"${wanted#*=}"*) ;;
	*) echo "$package of $suite is $version, wanted ${wanted#*=}…" >&2; exit 1 ;;
	esac
	dpkg-deb --extract "$archive" "$folder"
	echo "$package $version" >>"$folder/.packages"
done
rm -rf "$apt/downloads"
printf '%s' "$suite $*" >"$folder/.complete"
