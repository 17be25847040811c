#!/bin/sh
# Makes a Chromium available to the tests of the page that `shunt explain --html` writes. Prints where it is. Exits 1,
# and says so loudly, where it cannot be had.
set -eu

give_up() {
	printf '\n*** %s\n*** What needs a browser is left out. %s\n\n' "$1" "Name one that you have in CHROMIUM_PROGRAM." >&2
	exit 1
}

if [ -n "${CHROMIUM_PROGRAM:-}" ]; then
	[ -x "$CHROMIUM_PROGRAM" ] || give_up "CHROMIUM_PROGRAM names no program."
	echo "$CHROMIUM_PROGRAM"
	exit 0
fi
if ! command -v chromium >/dev/null; then
	if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
		give_up "Chromium is not installed, and this is not root on Debian."
	fi
	echo "installing chromium …" >&2
	export DEBIAN_FRONTEND=noninteractive
	options="-qq -o Acquire::http::Timeout=30 -o Acquire::Retries=2 -o DPkg::Lock::Timeout=120"
	# shellcheck disable=SC2086 # a list
	apt-get $options update || give_up "apt-get update failed."
	# shellcheck disable=SC2086
	apt-get $options install --yes --no-install-recommends chromium fonts-dejavu-core >/dev/null || give_up "apt-get could not install chromium."
fi
command -v chromium
