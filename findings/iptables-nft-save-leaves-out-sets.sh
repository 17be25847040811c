#!/usr/bin/env bash
# iptables-nft-save prints a rule with a set as if the set were not there, and succeeds.
#
# What most would expect: a rule that iptables-nft-save has no word for is left out loudly: it prints comments such as
#   "Table `x' is incompatible, use 'nft' tool." for tables that it cannot show.
# What was guessed before it was tried: that line, or an error.
# What was seen: `tcp dport { 80, 443 } return`, made by nft in table ip nat, comes out as `-A OUTPUT -p tcp -j RETURN`, with
#   status 0 and without a word on standard error. An exemption for two ports reads as one for all of TCP, and who restores
#   what was saved makes it so. A rule with one port and no set is printed right.
# So who wants to know what a packet meets in a table that iptables-nft shares with nft has to ask nft.
#
# Versions: Debian's iptables 1.8.9-2 and nftables 1.0.6-2+deb12u2.
# Needs root (for a network namespace of its own) and apt-get; unpacks in a temporary folder. Fails when what was seen changes.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
for package in iptables=1.8.9-2 libxtables12=1.8.9-2 nftables=1.0.6-2+deb12u2 libnftables1=1.0.6-2+deb12u2 \
	libnftnl11 libmnl0 libjansson4 libgmp10 libedit2 libbsd0 libmd0; do
	apt-get -qq -o APT::Sandbox::User=root download "$package"
done
for package in *.deb; do dpkg-deb -x "$package" root; done
lib="$(find root/usr/lib -maxdepth 1 -name '*-linux-gnu*' | head -n 1)"
export LD_LIBRARY_PATH="$folder/$lib:$folder/${lib#root/usr/}:$folder/root/lib/$(basename "$lib")" XTABLES_LIBDIR="$folder/$lib/xtables"
export NFT="$folder/root/usr/sbin/nft" SAVE="$folder/root/usr/sbin/xtables-nft-multi"

cat >rules.nft <<'NFT'
table ip nat {
	chain OUTPUT {
		type nat hook output priority -100
		tcp dport { 80, 443 } return
		tcp dport 22 return
	}
}
NFT
# shellcheck disable=SC2016
unshare --net sh -c '"$NFT" -f rules.nft && "$SAVE" iptables-save -t nat' >saved 2>complaints || echo "exit status $?" >>complaints

status=0
expect() {
	if grep -qxF -e "$2" saved; then echo "ok: $1: $2"; else echo "CHANGED: $1: no line $2"; status=1; fi
}
expect "a rule with a set" "-A OUTPUT -p tcp -j RETURN"
expect "a rule without one" "-A OUTPUT -p tcp -m tcp --dport 22 -j RETURN"
if [ -s complaints ]; then echo "CHANGED: it says: $(cat complaints)"; status=1; else echo "ok: status 0, and not a word"; fi
exit "$status"
