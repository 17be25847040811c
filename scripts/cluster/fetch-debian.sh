#!/bin/bash
# fetch-debian.sh SUITE FOLDER PACKAGE=VERSION…: unpacks packages of a suite of Debian into FOLDER and installs nothing.
# Each has to be of the upstream version that VERSION begins; anything else is an error, since what was tested is another
# program. They come from the mirror that this machine's apt has for its own suite, signed by Debian's keys; apt's lists of
# the other suite are kept beside FOLDER, so that this machine's apt stays as it is.
set -euo pipefail

suite=$1
folder=$2
shift 2
[ "$(cat "$folder/.complete" 2>/dev/null || true)" != "$suite $*" ] || exit 0
for program in apt-get dpkg-deb; do
	command -v "$program" >/dev/null || { echo "Debian's packages are needed, and there is no $program" >&2; exit 1; }
done
keyring=${DEBIAN_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}
[ -e "$keyring" ] || { echo "Debian's keys are needed: $keyring (package debian-archive-keyring, or DEBIAN_KEYRING)" >&2; exit 1; }

rm -rf "$folder"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
apt=$(dirname "$folder")/apt/$suite
mkdir -p "$apt"/{lists,archives}/partial "$apt/none" "$apt/downloads"

own=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
own_mirror() {
	apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' | awk -v own="$own" '$1 == own { print $2; exit }'
}
mirror=$(own_mirror)
if [ -z "$mirror" ]; then
	apt-get -qq update
	mirror=$(own_mirror)
fi
[ -n "$mirror" ] || { echo "apt on this machine has no mirror of its own suite \"$own\"" >&2; exit 1; }
echo "deb [signed-by=$keyring] $mirror $suite main" >"$apt/sources.list"

settings=(
	-qq -o APT::Sandbox::User=root -o Acquire::Retries=2 -o Acquire::http::Timeout=30 -o Acquire::Languages=none
	# Descriptions for app stores: megabytes of them.
	-o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
	-o "Dir::Etc::sourcelist=$apt/sources.list" -o "Dir::Etc::sourceparts=$apt/none"
	-o Dir::Etc::preferences=/dev/null -o "Dir::Etc::preferencesparts=$apt/none"
	-o "Dir::State::lists=$apt/lists" -o Dir::State::status=/dev/null -o "Dir::Cache=$apt"
)
cd "$apt/downloads"
download() {
	rm -f ./*.deb
	timeout 600 apt-get "${settings[@]}" download "${packages[@]}"
}
packages=("${@%%=*}")
# There are no lists yet, or they name what has been replaced since.
download 2>/dev/null || { timeout 300 apt-get "${settings[@]}" update && download; }

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
