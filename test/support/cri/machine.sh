#!/bin/sh
# Process 1 of a machine that a test makes for itself: own processes, mounts and network. Runs containerd with the
# configuration in $1 and its log in $2, until standard input ends, which it does however the test ends; and with
# process 1 the kernel ends whatever it has started.
set -e
# Places that containerd, runc and the CNI plugins will not be talked out of.
mount -t tmpfs -o mode=0755 shunt-e2e /run
mount -t tmpfs -o mode=0755 shunt-e2e /var/lib
containerd --config "$1" >"$2" 2>&1 </dev/null &
cat >/dev/null
