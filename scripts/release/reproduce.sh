#!/bin/sh
# Builds the native programs a second time, from the last commit alone and with nothing of the first build, and compares
# them with dist/native byte for byte. Says what came of it; exits 1 where they differ. As root, since the second build
# is done under the first one's path (a mount that nobody else sees): folders' names are in the names of symbols.
#
#     scripts/release/reproduce.sh
set -eu
cd "$(dirname "$0")/../.."
again=$(mktemp -d)
trap 'rm -rf "$again"' EXIT
mkdir "$again/tree" "$again/first"
git archive HEAD | tar -x -C "$again/tree"
# What npm installed is the same by its lock file.
cp -r node_modules "$again/tree/node_modules"
cp dist/native/shunt dist/native/shunt-cni "$again/first/"
echo "building the native programs again, from nothing …" >&2
# shellcheck disable=SC2016 # for the inner shell
unshare --mount --propagation private sh -c 'mount --bind "$1" "$2" && cd "$2" && native/build.sh' sh \
	"$again/tree" "$PWD" >&2
status=0
for program in shunt shunt-cni; do
	if cmp "$again/first/$program" "$again/tree/dist/native/$program" >&2; then
		echo "$program: the same to the byte, sha256 $(sha256sum "$again/first/$program" | cut -d' ' -f1)"
	else
		echo "$program: differs"
		status=1
	fi
done
exit $status
