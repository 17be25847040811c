#!/bin/bash
# Process 1 of a node, in namespaces of its own that are still copies of the machine's. Makes them a node's, says so in
# $STATE/ready, and becomes the reaper $REAPER. Whatever is mounted or made in here ends with it.
set -euo pipefail

# kubelets and containers pass mounts on to one another; none of it reaches the machine, from which this is unshared.
mount --make-rprivate /
mount --make-rshared /

# Copies of what others have mounted: a copy of a network namespace's file here would keep their network from ending.
awk '$3 == "nsfs" || ($3 == "cgroup" || $3 == "cgroup2") && $2 !~ "^/sys/" || $3 == "overlay" && $2 != "/" { print $2 }' /proc/mounts |
	tac | while read -r place; do
	case $STATE/ in "$place"/*) ;; *) umount --lazy "$place" 2>/dev/null || true ;; esac
done

# The machine's hierarchies of control groups, whichever version, with this node's own group as their root.
hierarchies=$(awk '($3 == "cgroup" || $3 == "cgroup2") && $2 ~ "^/sys/fs/cgroup" { print $3, $2, $4 }' /proc/mounts)
umount --recursive --lazy /sys
mount -t sysfs sysfs /sys
if [ "$(cut -d' ' -f1,2 <<<"$hierarchies")" = "cgroup2 /sys/fs/cgroup" ]; then
	mount -t cgroup2 cgroup2 /sys/fs/cgroup
	# A group that gives controllers to others may not have processes itself.
	mkdir /sys/fs/cgroup/node
	echo 1 >/sys/fs/cgroup/node/cgroup.procs
else
	mount -t tmpfs -o mode=0755 node /sys/fs/cgroup
	while read -r version place options; do
		mkdir -p "$place"
		if [ "$version" = cgroup2 ]; then
			mount -t cgroup2 cgroup2 "$place"
		else
			controllers=$(tr , '\n' <<<"$options" | grep -vxE 'rw|ro|relatime|noatime|nosuid|nodev|noexec|xattr|seclabel|release_agent=.*' | paste -sd,)
			mount -t cgroup -o "$controllers" cgroup "$place"
		fi
	done <<<"$hierarchies"
fi

# containerd, runc, kubelets and CNI plugins write here, whatever they are told.
mount -t tmpfs -o mode=0755 node /run
mount -t tmpfs -o mode=0755 node /var/lib
mkdir -p "$STATE"/log/{pods,containers} "$STATE/sysctl" /run/lock
mount --bind "$STATE/log" /var/log

# Nodes have CNI's files here, unless somebody says otherwise. What else is written below is not the machine's either.
for place in /etc /opt; do
	mkdir -p "$STATE/over$place"/{upper,work}
	mount -t overlay -o "lowerdir=$place,upperdir=$STATE/over$place/upper,workdir=$STATE/over$place/work" over "$place"
done
mkdir -p /etc/cni/net.d /opt/cni/bin
mount --bind "$STATE/cni/net.d" /etc/cni/net.d
mount --bind "$STATE/cni/bin" /opt/cni/bin

# A kubelet sets these for the whole machine's kernel, which is not this node's. It finds what it wants, and writes to files.
while read -r name value; do
	if [ -e "/proc/sys/$name" ]; then
		copy=$STATE/sysctl/${name//\//.}
		echo "$value" >"$copy"
		mount --bind "$copy" "/proc/sys/$name"
	fi
done <<-END
	vm/overcommit_memory 1
	vm/panic_on_oom 0
	kernel/panic 10
	kernel/panic_on_oops 1
	kernel/keys/root_maxkeys 1000000
	kernel/keys/root_maxbytes 25000000
END

# In a user namespace /proc can be mounted only where a whole one is to be seen (mount_too_revealing in fs/namespace.c), and the
# node's own is one with files over it. No pod sees this one.
mkdir /run/whole-proc
mount -t proc proc /run/whole-proc

hostname "$NODE"
ip link set lo up
sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv6.conf.default.accept_dad=0
# The node's address. There is nothing beyond it, but a connection to a service needs a route before it is translated.
ip link add node0 type bridge
ip link set node0 up
for address in $NODE_ADDRESSES; do
	case $address in
	*:*)
		ip -6 address add "$address/64" dev node0 nodad
		ip -6 route add default dev node0
		;;
	*)
		ip address add "$address/24" dev node0
		ip route add default dev node0
		;;
	esac
done

echo ready >"$STATE/ready"
exec "$REAPER" -P
