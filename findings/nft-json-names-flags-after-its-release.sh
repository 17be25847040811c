#!/usr/bin/env bash
# nft 1.0.6 prints its own release's name where a table's flags should stand in JSON.
#
# What most would expect: `"flags": "dormant"`, or a list with it (libnftables-json(5) has no word on tables' flags).
# What was guessed before it was tried: `"flags": ["dormant"]`, as for a set.
# What was seen: `"flags": "Lester Gooch #5"`, which is what `metainfo` says of the release a line before; the text listing
#   of the same table says `flags dormant`. A table that is switched off can be told from JSON by nothing but that there is
#   a flag at all, and which one it is, dormant or owner, by asking once more for the text.
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
unshare --net sh -c '"$NFT" add table ip x "{ flags dormant; }" && "$NFT" -j list table ip x >json && "$NFT" list table ip x >text'

status=0
expect() {
	if grep -qF -e "$3" "$2"; then echo "ok: $1: $3"; else echo "CHANGED: $1: no $3 in $(cat "$2")"; status=1; fi
}
expect "the release, in JSON" json '"release_name": "Lester Gooch #5"'
expect "the table's flags, in JSON" json '"flags": "Lester Gooch #5"'
expect "the table's flags, in text" text "flags dormant"
exit "$status"
