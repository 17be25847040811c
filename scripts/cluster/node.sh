# shellcheck shell=bash disable=SC2154
# The node: one process whose namespaces and control groups hold all others. To end it is to end everything.

hierarchies() { # where each hierarchy of control groups is mounted
	awk '($3 == "cgroup" || $3 == "cgroup2") && $2 ~ "^/sys/fs/cgroup" { print $2 }' /proc/mounts | sort -u
}

start_time() { # PID: when it began, in clock ticks: proc(5), field 22 of stat
	sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
}

node_process() { # prints the node's process 1 as the machine numbers it, or fails where it does not run
	local pid time
	read -r pid time 2>/dev/null <"$state/process" || return 1
	# A number is used again; together with the time it is not.
	[ -n "$time" ] && [ "$(start_time "$pid")" = "$time" ] && echo "$pid"
}

join_groups() { # moves this shell, and what it starts, into the node's control groups
	local place
	while read -r place; do
		# Version 2 has processes in leaves only: node-init.sh makes this one.
		place=$place/$group
		[ ! -d "$place/node" ] || place=$place/node
		echo "$BASHPID" >"$place/cgroup.procs"
	done < <(hierarchies)
}

keep_streams() { # closes what else was open: a lock that somebody holds while a cluster starts is not the cluster's
	local number
	for number in /proc/"$BASHPID"/fd/*; do
		number=${number##*/}
		[ "$number" -le 2 ] || eval "exec $number>&-"
	done
}

enter() { # PROGRAM ARGUMENT…: in the node's namespaces
	local pid
	pid=$(node_process) || { echo "no cluster runs in $state: make cluster" >&2; exit 1; }
	nsenter --target "$pid" --mount --net --pid --uts --ipc --cgroup --wd="$PWD" -- "$@"
}

make_groups() {
	local place file
	while read -r place; do
		mkdir -p "$place/$group"
		# cpuset(7): in version 1 a new group has no processors and no memory, and takes no process until it has.
		for file in cpuset.cpus cpuset.mems; do
			if [ -e "$place/$group/$file" ] && [ -z "$(cat "$place/$group/$file")" ]; then
				cat "$place/$file" >"$place/$group/$file"
			fi
		done
	done < <(hierarchies)
}

make_node() {
	local outer inner="" tries
	make_groups
	rm -f "$state/ready"
	(
		join_groups
		keep_streams
		export STATE=$state NODE=$node NODE_ADDRESSES="${node_addresses[*]}" REAPER=$reaper
		exec setsid unshare --mount --net --pid --uts --ipc --cgroup --fork --kill-child --mount-proc "$here/node-init.sh" \
			>"$state/log/node.log" 2>&1 </dev/null
	) &
	outer=$!
	disown
	for ((tries = 0; tries < 300; tries++)); do
		if [ -e "$state/ready" ]; then
			# The list ends with a space and no line's end, so read fails although it has read.
			read -r inner <"/proc/$outer/task/$outer/children" || true
			break
		fi
		[ -d "/proc/$outer" ] || break
		sleep 0.1
	done
	if [ -z "$inner" ]; then
		kill -KILL "$outer" 2>/dev/null || true
		cat "$state/log/node.log" >&2
		echo "the node cannot be made" >&2
		return 1
	fi
	echo "$inner $(start_time "$inner")" >"$state/process"
}

remove_groups() {
	local place
	while read -r place; do
		[ ! -d "$place/$group" ] || find "$place/$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
	done < <(hierarchies)
}
groups_left() {
	local place
	while read -r place; do [ ! -d "$place/$group" ] || echo "$place/$group"; done < <(hierarchies)
}

end_node() {
	local pid tries
	if pid=$(node_process); then
		kill -KILL "$pid"
		for ((tries = 0; tries < 300; tries++)); do
			node_process >/dev/null || break
			sleep 0.1
		done
		! node_process >/dev/null || { echo "process $pid does not end" >&2; return 1; }
	fi
	# The kernel lets go of groups a little after the last process in them has ended.
	for ((tries = 0; tries < 100; tries++)); do
		remove_groups
		[ -n "$(groups_left)" ] || break
		sleep 0.1
	done
	[ -z "$(groups_left)" ] || { echo "left: $(groups_left)" >&2; return 1; }
	rm -f "$state/process" "$state/ready"
}

begin() { # NAME PROGRAM ARGUMENT…: in the background, with log/NAME.log and, as the node numbers it, run/NAME.pid
	# shellcheck disable=SC2016
	(join_groups && keep_streams && enter sh -c 'name=$1 state=$2; shift 2
		setsid "$@" >>"$state/log/$name.log" 2>&1 </dev/null &
		echo $! >"$state/run/$name.pid"' sh "$1" "$state" "${@:2}")
}
alive() { # NAME
	# shellcheck disable=SC2016
	enter sh -c 'kill -0 "$(cat "$1")" 2>/dev/null' sh "$state/run/$1.pid"
}
end_part() { # NAME [SIGNAL]: and waits until it has ended
	# shellcheck disable=SC2016
	enter sh -c 'pid=$(cat "$1"); kill -"$2" "$pid" || exit 1
		for _ in $(seq 150); do kill -0 "$pid" 2>/dev/null || exit 0; sleep 0.1; done; kill -KILL "$pid"' \
		sh "$state/run/$1.pid" "${2:-TERM}"
}
