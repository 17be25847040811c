#!/usr/bin/env bash
# What Shunt writes, read by the newest tools that Debian has, beside what the tools of this machine write: 300 random policies
# in each dialect. The newest tools are unpacked beside everything else and run with their own C library. Needs root.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${XDG_CACHE_HOME:-$HOME/.cache}/shunt-newest-tools
scripts/cluster/fetch-debian.sh sid "$folder" iptables=1.8.13 libxtables12=1.8.13 libip4tc2=1.8.13 libip6tc2=1.8.13 nftables=1.1 \
	libnftables1=1.1 libnftnl11=1 libmnl0=1 libjansson4=2 libgmp10=6 libedit2=3 libbsd0=0 libmd0=1 libtinfo6=6 libc6=2

lib=$folder/usr/lib/x86_64-linux-gnu
programs=$(mktemp -d)
trap 'rm -rf "$programs"' EXIT
# NAME PROGRAM [ARGUMENT]: those that read alone. The newest iptables writes an IPv4 protocol in another form than 1.8.9, which
# nft then lists otherwise, so that what is compared with is written by this machine's.
put() {
	printf '#!/bin/sh\nXTABLES_LIBDIR=%q exec %q --library-path %q %q %s "$@"\n' \
		"$lib/xtables" "$folder/usr/lib64/ld-linux-x86-64.so.2" "$lib" "$folder/usr/sbin/$2" "${3:-}" >"$programs/$1"
	chmod +x "$programs/$1"
}
put nft nft
for ip in ip ip6; do
	put "${ip}tables-nft-save" xtables-nft-multi "${ip}tables-nft-save"
	put "${ip}tables-legacy-save" xtables-legacy-multi "${ip}tables-save"
done
export PATH=$programs:$PATH
nft --version
iptables-nft-save --version
SHUNT_WIRE_SAMPLES=${SHUNT_WIRE_SAMPLES:-300} npx vitest run --project kernel test/kernel/wire-tools.test.ts test/kernel/direct-legacy.test.ts
