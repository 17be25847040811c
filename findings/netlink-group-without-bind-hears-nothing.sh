#!/usr/bin/env bash
# A netlink socket that joins a multicast group and is never bound hears nothing, and one that is bound after it has joined has
# left the group; no call says so.
#
# What most would expect, and what was guessed before it was tried: NETLINK_ADD_MEMBERSHIP (netlink(7), since Linux 2.6.14) is
#   enough to hear a group, as with multicast over IP, and bind(2), before it or after it, gives the socket its address.
# What was seen: joining answers 0 and NETLINK_LIST_MEMBERSHIPS names the group, but nothing ever arrives. The socket has port
#   0 until bind(2), or its first send(2), gives it one; the kernel hands a message to all of the group but the port that is to
#   be left out, and where nobody is, that is 0 (nlmsg_notify and do_one_broadcast in net/netlink/af_netlink.c). bind(2) after
#   joining does not help: its nl_groups, of which 0 looks like "no wish", replaces the first 32 groups (netlink_bind).
# So a watcher that only listens, and polls a silent socket, takes every change for none. Bind first, or bind with the group.
#
# Versions: Linux 6.18.44, and whichever runs; Debian's nftables 1.0.6-2+deb12u2.
# Needs root (for a network namespace of its own), apt-get, unshare and python3; unpacks in a temporary folder. Fails when what
# was seen changes.
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
export LD_LIBRARY_PATH="$folder/$lib:$folder/root/lib/$(basename "$lib")"

cat >listen.py <<'PY'
import select, socket, subprocess, sys
NETFILTER, SOL_NETLINK, ADD_MEMBERSHIP, LIST_MEMBERSHIPS, NFTABLES = 12, 270, 1, 9, 7
GET_GENERATION = (20).to_bytes(4, sys.byteorder) + (10 << 8 | 16).to_bytes(2, sys.byteorder) + (1).to_bytes(2, sys.byteorder) + bytes(12)
listener = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETFILTER)
for step in sys.argv[2:]:
    if step == "join":
        listener.setsockopt(SOL_NETLINK, ADD_MEMBERSHIP, NFTABLES)
    elif step == "bind":
        listener.bind((0, 0))
    elif step == "bind-with-group":
        listener.bind((0, 1 << (NFTABLES - 1)))
    elif step == "send":
        listener.sendto(GET_GENERATION, (0, 0))
        listener.recv(4096)
groups = int.from_bytes(listener.getsockopt(SOL_NETLINK, LIST_MEMBERSHIPS, 4), sys.byteorder)
subprocess.run([sys.argv[1], "add table ip shop"], check=True)
heard = select.select([listener], [], [], 2)[0] != []
print(("member" if groups == 1 << (NFTABLES - 1) else "no member") + (", heard" if heard else ", silence"))
PY
listen() {
	unshare --net python3 listen.py "$folder/root/usr/sbin/nft" "$@"
}

status=0
expect() {
	if [ "$2" = "$3" ]; then echo "ok: $1: $2"; else echo "CHANGED: $1: $2, and was $3"; status=1; fi
}
expect "joined, and nothing else" "$(listen join)" "member, silence"
expect "joined, then bound" "$(listen join bind)" "no member, silence"
expect "bound, then joined" "$(listen bind join)" "member, heard"
expect "joined, then a request was sent" "$(listen join send)" "member, heard"
expect "bound with the group" "$(listen bind-with-group)" "member, heard"
exit "$status"
