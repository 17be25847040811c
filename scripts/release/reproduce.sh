#!/bin/sh
# Builds the native programs a second time, from the last commit alone, in another folder and with nothing of the first
# build, and compares them with dist/native byte for byte. Says what came of it; exits 1 where they differ.
#
#     scripts/release/reproduce.sh
set -eu
cd "$(dirname "$0")/../.."
again=$(mktemp -d)
trap 'rm -rf "$again"' EXIT
git archive HEAD | tar -x -C "$again"
# What npm installed is the same by its lock file.
cp -r node_modules "$again/node_modules"
echo "building the native programs again, from nothing, in another folder …" >&2
"$again/native/build.sh" >&2
status=0
for program in shunt shunt-cni; do
	if cmp "dist/native/$program" "$again/dist/native/$program" >&2; then
		echo "$program: the same to the byte, sha256 $(sha256sum "dist/native/$program" | cut -d' ' -f1)"
	else
		echo "$program: differs"
		status=1
	fi
done
exit $status
