#!/usr/bin/env bash
# What iptables-translate cannot translate it repeats as a comment, without the rule's exclamation marks, and succeeds.
#
# What most would expect: the rule as it was given, to be translated by hand.
# What was guessed before it was tried: that, to the letter.
# What was seen: `! -o lo` comes back as ` -o lo`, `! --gid-owner 4` as ` --gid-owner 4`, also from iptables-restore-translate,
#   with status 0. Where the same negations stand in a rule that can be translated they are kept. So who moves a ruleset to nft
#   and writes the commented rules anew by hand exempts just the traffic that was not meant: the file that was translated from
#   has to be read beside it.
#
# Version: Debian's iptables 1.8.9-2.
# Needs root (for a network namespace of its own) and apt-get; unpacks in a temporary folder. Fails when what was seen changes.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
for package in iptables=1.8.9-2 libxtables12=1.8.9-2 libnftnl11 libmnl0; do
	apt-get -qq -o APT::Sandbox::User=root download "$package"
done
for package in *.deb; do dpkg-deb -x "$package" root; done
lib="$(find root/usr/lib -maxdepth 1 -name '*-linux-gnu*' | head -n 1)"
export LD_LIBRARY_PATH="$folder/$lib:$folder/root/lib/$(basename "$lib")" XTABLES_LIBDIR="$folder/$lib/xtables"
multi="$folder/root/usr/sbin/xtables-nft-multi"

cat >rules <<'RULES'
*nat
-A OUTPUT ! -o lo -p tcp -m owner ! --uid-owner 4 -j RETURN
-A OUTPUT ! -o lo -p tcp -m owner ! --gid-owner 4 --suppl-groups -j RETURN
COMMIT
RULES
result=0
unshare --net "$multi" iptables-translate -t nat -A OUTPUT ! -o lo -m owner ! --gid-owner 4 --suppl-groups -j RETURN >one || result=$?
unshare --net "$multi" iptables-restore-translate -f rules >file || result=$?

status=0
check() {
	if "${@:2}"; then echo "ok: $1"; else echo "CHANGED: not so any more: $1"; cat one file; status=1; fi
}
check "both succeed" [ "$result" = 0 ]
check "a rule that can be translated keeps its negations" grep -q '^add rule .*oifname != "lo" .*skuid != 4' file
check "one that cannot is repeated behind a hash" grep -q '^#.* --gid-owner 4 --suppl-groups -j RETURN' file
check "without its negations" sh -c '! grep "suppl-groups" file | grep -q "!"'
check "the same for a single rule" sh -c 'grep -q "^nft #.* -o lo .*--gid-owner 4 --suppl-groups" one && ! grep -q "!" one'
exit "$status"
