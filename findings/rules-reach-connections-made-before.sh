#!/usr/bin/env bash
# Redirect rules break TCP connections that were made before them, in a network namespace where nothing was tracked.
#
# What most would expect, and what was guessed before it was tried: "the nat table is consulted when a packet that creates
#   a new connection is encountered" (iptables(8)), so a connection that is established already goes on as it went.
# What was seen: in a network namespace without any rule nothing is tracked. Once a redirect rule is there, the next packet of
#   an old connection is for conntrack the first of a new one (net.netfilter.nf_conntrack_tcp_loose, 1 by default), the rule
#   is asked, the packet comes to the redirection's port, where nobody knows of such a connection, and both ends are
#   reset. Where the namespace was tracked before the rule came, the same connection goes on undisturbed.
# So whoever puts redirect rules into a namespace with live connections cuts them, unless it tracked before; and what is shown as
#   an established socket there may be one that its next packet kills.
#
# Versions: Linux 6.18.44, and whichever runs; Debian's nftables 1.0.6-2+deb12u2.
# Needs root (for network namespaces of its own), apt-get, ip and python3; unpacks in a temporary folder. Fails when what was
# seen changes.
set -euo pipefail
folder="$(mktemp -d)"
client="finding-client-$$" server="finding-server-$$"
cleanup() {
	for netns in "$client" "$server"; do ip netns delete "$netns" 2>/dev/null || true; done
	rm -rf "$folder"
}
trap cleanup EXIT
cd "$folder"
chmod 755 .
for package in nftables=1.0.6-2+deb12u2 libnftables1=1.0.6-2+deb12u2 libnftnl11 libmnl0 libjansson4 libgmp10 libedit2 libbsd0 \
	libmd0 libxtables12=1.8.9-2; do
	apt-get -qq -o APT::Sandbox::User=root download "$package"
done
for package in *.deb; do dpkg-deb -x "$package" root; done
lib="$(find root/usr/lib -maxdepth 1 -name '*-linux-gnu*' | head -n 1)"
nft="LD_LIBRARY_PATH=$folder/$lib:$folder/root/lib/$(basename "$lib") $folder/root/usr/sbin/nft"

cat >server.py <<'PY'
import socket, sys
listener = socket.create_server(("10.203.0.1", 8080))
print("ready", flush=True)
connection, _ = listener.accept()
while data := connection.recv(100):
    connection.sendall(data)
PY
cat >client.py <<'PY'
import socket, subprocess, sys
connection = socket.create_connection(("10.203.0.1", 8080))
connection.settimeout(5)
subprocess.run(sys.argv[1], shell=True, check=True)
try:
    connection.sendall(b"hello")
    print("answered" if connection.recv(100) == b"hello" else "closed")
except ConnectionResetError:
    print("reset")
except TimeoutError:
    print("silence")
PY

# tried NAME COMMANDS-BEFORE COMMANDS-WHILE-CONNECTED
tried() {
	ip netns add "$client" && ip netns add "$server"
	ip -n "$client" link add eth0 type veth peer name eth0 netns "$server"
	ip -n "$client" address add 10.203.0.2/24 dev eth0 && ip -n "$server" address add 10.203.0.1/24 dev eth0
	for netns in "$client" "$server"; do ip -n "$netns" link set lo up && ip -n "$netns" link set eth0 up; done
	ip netns exec "$server" python3 server.py >ready 2>/dev/null &
	local pid=$!
	for _ in $(seq 100); do grep -q ready ready && break || sleep 0.1; done
	ip netns exec "$client" sh -c "$1"
	ip netns exec "$client" python3 client.py "$2"
	kill "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
	ip netns delete "$client" && ip netns delete "$server"
}

redirect="$nft 'add table ip t; add chain ip t c { type nat hook output priority -100; }; add rule ip t c tcp dport 8080 redirect to :4140'"
track="$nft 'add table ip u; add chain ip u c { type filter hook output priority 0; }; add rule ip u c ct state new'"

status=0
expect() {
	if [ "$2" = "$3" ]; then echo "ok: $1: $2"; else echo "CHANGED: $1: $2, and was $3"; status=1; fi
}
expect "the rule came after the connection" "$(tried true "$redirect")" reset
expect "the same, where connections were tracked before" "$(tried "$track" "$redirect")" answered
expect "the same as the first, with nf_conntrack_tcp_loose=0" \
	"$(tried true "sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0; $redirect")" answered
exit "$status"
