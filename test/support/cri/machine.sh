#!/bin/sh
# Process 1 of a machine that a test makes for itself: own processes, mounts and network. Runs containerd with the
# configuration in $1 and its log in $2, until standard input ends, which it does however the test ends; and with
# process 1 the kernel ends whatever it has started. A line on standard input ends containerd with that signal and starts it
# again, after which the line comes back on standard output.
set -e
# Places that containerd, runc and the CNI plugins will not be talked out of.
mount -t tmpfs -o mode=0755 shunt-e2e /run
mount -t tmpfs -o mode=0755 shunt-e2e /var/lib
start() {
	containerd --config "$1" >>"$2" 2>&1 </dev/null &
}
start "$1" "$2"
while read -r signal; do
	kill -s "$signal" "$!"
	wait "$!" 2>/dev/null || true
	start "$1" "$2"
	echo "$signal"
done
