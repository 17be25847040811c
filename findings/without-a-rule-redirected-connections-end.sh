#!/usr/bin/env bash
# Connections that a rule has redirected end when the last rule goes, even for a moment, and even if its chain stays.
#
# What most would expect, and what was guessed before it was tried: conntrack has kept where the connection goes, so what is open goes
#   on without the rule, as it does on machines with a firewall, and to put the rule back within a second changes nothing.
# What was seen: the next packet of the open connection leaves as it was written, comes to whoever is at the address that was
#   dialled, and is answered with a reset. Two hooks have translated it, and the kernel takes each out of a network namespace as soon
#   as nobody there needs it: tracking with the last rule that asks for it (nf_ct_netns_put; "redirect" and REDIRECT do), translation
#   with the last chain of type nat (nf_nat_unregister_fn). iptables-legacy is no different. With a rule about "ct state"
#   anywhere in the namespace, and a nat chain left, of whomever, the same connection goes on.
# So in a pod that has no rules but a mesh's, flushing them cuts every connection that is open and sends a packet before they are back.
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
export PATH="$folder/root/usr/sbin:$PATH"

cat >connection.py <<'PY'
import socket, subprocess, sys
nft = lambda text: subprocess.run(["nft", text], check=True)
nat = "add table ip NAME; add chain ip NAME output { type nat hook output priority -100; }"
goes, beside = sys.argv[1:]
nft(nat.replace("NAME", "ours") + "; add rule ip ours output tcp dport 80 redirect to :8080")
if "tracked" in beside:
    nft("add table ip seen; add chain ip seen input { type filter hook input priority 0; }; "
        "add rule ip seen input ct state established counter")
if "nat" in beside:
    nft(nat.replace("NAME", "theirs"))
listener = socket.create_server(("127.0.0.1", 8080))
client = socket.create_connection(("127.0.0.1", 80))
server, _ = listener.accept()
nft("flush table ip ours" if goes == "rule" else "delete table ip ours")
for end in client, server:
    end.settimeout(3)
try:
    client.sendall(b"hello")
    print("goes on" if server.recv(100) == b"hello" else "closed")
except (ConnectionResetError, TimeoutError):
    try:
        client.recv(100)
        print("closed")
    except ConnectionResetError:
        print("reset")
PY

# tried WHAT-GOES WHAT-ELSE-IS-THERE EXPECTED
tried() {
	local seen
	seen="$(unshare --net sh -c 'ip link set lo up && exec python3 connection.py "$@"' sh "$1" "$2")"
	printf 'the %s goes, beside it: %-17s the open connection: %s\n' "$1" "$2" "$seen"
	[ "$seen" = "$3" ] || { echo "expected: $3" >&2; exit 1; }
}
tried rule nothing reset
tried rule tracked "goes on"
tried chain tracked reset
tried chain nat reset
tried chain "nat, and tracked" "goes on"
