#!/usr/bin/env bash
# nft 1.0.6 prints something else than the flags where a table's flags should stand in JSON.
#
# What most would expect: `"flags": "dormant"`, or a list with it, as for a set.
# What was guessed before it was tried: `"flags": ["dormant"]`.
# What was seen: whatever text was printed before, or none: of `list tables` the name of nft's release ("Lester Gooch #5"),
#   of `list table` often an empty one. The text listing of the same table says `flags dormant`. That a table is switched off
#   can be told from JSON by nothing but that there is a flag at all; which one it is, dormant or owner, takes the text.
#
# Version: Debian's nftables 1.0.6-2+deb12u2.
# Needs root (for a network namespace of its own) and apt-get; unpacks in a temporary folder. Fails when what was seen changes.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
for package in nftables=1.0.6-2+deb12u2 libnftables1=1.0.6-2+deb12u2 libnftnl11 libmnl0 libjansson4 libgmp10 libedit2 libbsd0 \
	libmd0 libxtables12=1.8.9-2; do
	apt-get -qq -o APT::Sandbox::User=root download "$package"
done
for package in *.deb; do dpkg-deb -x "$package" root; done
lib="$(find root/usr/lib -maxdepth 1 -name '*-linux-gnu*' | head -n 1)"
export LD_LIBRARY_PATH="$folder/$lib:$folder/root/lib/$(basename "$lib")" NFT="$folder/root/usr/sbin/nft"

# shellcheck disable=SC2016
unshare --net sh -c '"$NFT" add table ip x "{ flags dormant; }" && "$NFT" -j list tables >json && "$NFT" list table ip x >text'

status=0
check() {
	if "${@:2}"; then echo "ok: $1"; else echo "CHANGED: not so any more: $1 (JSON: $(cat json))"; status=1; fi
}
check "JSON has flags of the table" grep -qF '"flags": ' json
check "JSON does not say that it is dormant" sh -c '! grep -qF dormant json'
check "text says so" grep -qF "flags dormant" text
exit "$status"
