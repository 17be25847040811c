#!/bin/sh
# The first process of a kernel under test. Reads commands from the second serial line, each a shell script in base64 on a
# line by itself, and answers each with a line: its exit status, what it printed and what it said on standard error, the
# latter two in base64 behind a "=" each. Ends the machine when the line is closed or says "off".
export PATH=/sbin:/usr/sbin:/bin:/usr/bin HOME=/
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
mount -t tmpfs tmp /tmp
mkdir -p /run/netns /var
ln -sfn /run /var/run
echo /bin/modprobe >/proc/sys/kernel/modprobe
ip link set lo up
exec </dev/ttyS1 >/dev/ttyS1 2>/dev/ttyS0
stty raw -echo
echo ready
while read -r line && [ "$line" != off ]; do
	echo "$line" | base64 -d >/tmp/command
	sh /tmp/command >/tmp/stdout 2>/tmp/stderr </dev/null
	echo "$? =$(base64 -w 0 /tmp/stdout) =$(base64 -w 0 /tmp/stderr)"
done
poweroff -f
