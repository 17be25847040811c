#!/usr/bin/env bash
# Runs kernel tests, or contract tests, by themselves and with all that they need:
#
#     scripts/kernel-test.sh test/kernel/clean.test.ts
#     scripts/kernel-test.sh test/kernel/differential.test.ts -t nftables
#
# What it is given goes to vitest. Root is not needed where user namespaces with many users may be had: then the tests
# run in one, with a /run of their own. The programs are built first where they are older than their source.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PATH:/usr/sbin:/sbin"

if [ $# = 0 ]; then
	sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
	exit 64
fi

if [ -z "${SHUNT_TEST_USERNS:-}" ]; then
	scripts/ensure-tools.sh
	[ -e node_modules/.package-lock.json ] || npm ci --no-audit --no-fund
	newer=$(find src demo scripts/build.mjs package-lock.json ! -name '*.test.ts' -newer dist/main/shunt.js -print -quit 2>/dev/null || echo all)
	if [ -n "$newer" ]; then
		echo "kernel-test.sh: building, since there is something newer than dist/main ($newer)" >&2
		node scripts/build.mjs
	fi
fi

if [ "$(id -u)" != 0 ]; then
	namespace=(unshare --map-root-user --map-auto --net --mount)
	if ! said=$("${namespace[@]}" true 2>&1); then
		echo "kernel-test.sh: neither root nor a user namespace of many users: $said" >&2
		echo "kernel-test.sh: run it as root, or install uidmap and give $(id -un) a range in /etc/subuid and /etc/subgid" >&2
		exit 77
	fi
	exec env SHUNT_TEST_USERNS=1 "${namespace[@]}" sh -c 'mount -t tmpfs none /run && exec "$0" "$@"' "$0" "$@"
fi

project=kernel
case "$*" in
*test/contract/*) project=contract ;;
esac
exec npx --no-install vitest run --project "$project" "$@"
