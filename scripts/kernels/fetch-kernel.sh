#!/bin/bash
# fetch-kernel.sh 5.10|6.1|6.12|7.2: unpacks Debian's newest kernel of that series, as clouds run it, and installs nothing.
# Prints the folder in which it lies; one that is there is taken as it is, until somebody removes it (SHUNT_KERNELS,
# ~/.cache/shunt-kernels without it).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/debian-suite.sh
. "$here/../debian-suite.sh"

case ${1:-} in
5.10) suite=bullseye-security ;;
6.1) suite=bookworm-security ;;
6.12) suite=trixie-security ;;
7.2) suite=sid ;;
*) echo "fetch-kernel.sh: \"${1:-}\" is not a kernel that Debian has (want 5.10, 6.1, 6.12 or 7.2)" >&2; exit 64 ;;
esac
cache=${SHUNT_KERNELS:-${XDG_CACHE_HOME:-$HOME/.cache}/shunt-kernels}
folder=$cache/$1
if [ -e "$folder/.complete" ]; then
	echo "$folder"
	exit 0
fi
case $(uname -m) in
x86_64) architecture=amd64 ;;
*) echo "fetch-kernel.sh: only for x86_64 so far, this is $(uname -m)" >&2; exit 1 ;;
esac
echo "fetching Debian's kernel $1 …" >&2
use_suite "$suite" "$cache/apt/$suite"
rm -rf "$folder"
mkdir -p "$folder"
cd "$cache/apt/$suite/downloads"

# What the package of the newest kernel (linux-image-cloud-…) needs, and what that is split into in newer suites.
needs() {
	apt-cache "${apt_settings[@]}" depends --important "$1" | awk '$1 == "Depends:" { print $2 }'
}
timeout 300 apt-get "${apt_settings[@]}" update
image=$(needs "linux-image-cloud-$architecture" | grep -m1 '^linux-image-')
packages=("$image")
for part in $(needs "$image" | grep -E "^linux-(binary|modules)-" || true); do
	packages+=("$part")
done
rm -f ./*.deb
timeout 600 apt-get "${apt_settings[@]}" download "${packages[@]}"
for archive in ./*.deb; do
	dpkg-deb --extract "$archive" "$folder"
	dpkg-deb --show "$archive" >>"$folder/.packages"
done
case $image in
linux-image-"$1".*) ;;
*) echo "fetch-kernel.sh: $suite has $image now, and no kernel $1" >&2; exit 1 ;;
esac
rm -rf "$cache/apt/$suite/downloads"
touch "$folder/.complete"
echo "$folder"
