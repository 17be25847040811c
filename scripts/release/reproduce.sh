#!/bin/sh
# Builds the native programs a second time, from the last commit alone and with nothing of the first build, and compares
# them with the first ones byte for byte. Says what came of it; exits 1 where they differ. As root, since the second build
# is done under the first one's path (a mount that nobody else sees): folders' names are in the names of symbols.
#
#     scripts/release/reproduce.sh [amd64|arm64]        # this machine's own unless it is said
set -eu
cd "$(dirname "$0")/../.."
say() { echo "scripts/release/reproduce.sh: $*" >&2; }

case $(uname -m) in
x86_64) here=amd64 ;;
aarch64) here=arm64 ;;
*) here=$(uname -m) ;;
esac
architecture=${1:-$here}
case $architecture in
amd64) machine=x86_64 ;;
arm64) machine=aarch64 ;;
*)
	say "$architecture: is not an architecture of ours (want amd64 or arm64)"
	exit 64
	;;
esac
built=dist/native
[ "$architecture" = "$here" ] || built=dist/native-$architecture
for program in shunt shunt-cni; do
	[ -e "$built/$program" ] || {
		say "there is no $built/$program to compare with: SHUNT_NATIVE_MACHINE=$machine native/build.sh makes it"
		exit 1
	}
done

again=$(mktemp -d)
trap 'rm -rf "$again"' EXIT
mkdir "$again/tree" "$again/first"
git archive HEAD | tar -x -C "$again/tree"
# What npm installed is the same by its lock file.
cp -r node_modules "$again/tree/node_modules"
cp "$built/shunt" "$built/shunt-cni" "$again/first/"
say "building the native programs for $architecture again, from nothing …"
# shellcheck disable=SC2016 # for the inner shell
SHUNT_NATIVE_MACHINE=$machine unshare --mount --propagation private \
	sh -c 'mount --bind "$1" "$2" && cd "$2" && native/build.sh' sh "$again/tree" "$PWD" >&2
status=0
for program in shunt shunt-cni; do
	if cmp "$again/first/$program" "$again/tree/$built/$program" >&2; then
		echo "$program for $architecture: the same to the byte, sha256 $(sha256sum "$again/first/$program" | cut -d' ' -f1)"
	else
		echo "$program for $architecture: differs"
		status=1
	fi
done
exit $status
