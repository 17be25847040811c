#!/bin/sh
# Tries the native programs for arm64 under qemu-user, which runs their instructions and hands system calls to this machine's
# kernel: seconds, where a whole emulated machine (try-arm64.sh) takes half a minute. What they print has to be, to the byte,
# what this machine's own programs print: versions, helps, plans of every mode and mistakes.
# Then they are to make rules in a network namespace. qemu-user does not know all that this takes (netlink for netfilter, the
# socket options of xtables); what came of it is said and does not count, but a success without rules would.
#
# With the archive of the image `shunt`, what is in that image is run, too: Node, the command line, and the one package that
# has compiled code.
#
#     scripts/release/try-arm64-user.sh [FOLDER [ARCHIVE]]        # of the programs, else dist/native-arm64
set -eu
cd "$(dirname "$0")/../.."
folder=${1:-dist/native-arm64} archive=${2:-}
say() { echo "try-arm64-user: $*" >&2; }

for program in dist/native/shunt dist/native/shunt-cni "$folder/shunt" "$folder/shunt-cni"; do
	[ -x "$program" ] || { say "there is no $program: native/build.sh makes it (SHUNT_NATIVE_MACHINE=aarch64 for arm64)"; exit 1; }
done
if ! command -v qemu-aarch64-static >/dev/null; then
	say "installing qemu-user-static from Debian's packages …"
	DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=2 -o DPkg::Lock::Timeout=120 \
		install --yes --no-install-recommends qemu-user-static >&2
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# Says whether two files are the same: what was wanted, and what was said.
compare() {
	if cmp -s "$2" "$3"; then
		echo "$1: the same, $(wc -l <"$2") lines"
	else
		echo "$1: differs"
		diff "$2" "$3" | head -20
		failed=1
	fi
}

# The same words to both; times differ from run to run.
same() {
	what=$1 program=$2
	shift 2
	for kind in own other; do
		status=0
		case $kind in
		own) "dist/native/$program" "$@" </dev/null >"$work/$kind" 2>&1 || status=$? ;;
		other) qemu-aarch64-static "$folder/$program" "$@" </dev/null >"$work/$kind" 2>&1 || status=$? ;;
		esac
		echo "exit status $status" >>"$work/$kind"
		sed -i -e 's/time="[^"]*"/time/' -e 's/[0-9.]* ms/… ms/' "$work/$kind"
	done
	compare "$what" "$work/own" "$work/other"
}

policy="-p 4143 -o 4140 --proxy-uid 2102 --inbound-ports-to-ignore 4190,4191 --subnets-to-ignore 10.0.0.0/8,fd00::/8"
same version shunt --version
same help shunt --help
for command in init clean status; do same "$command --help" shunt $command --help; done
for mode in legacy nft plain nftables; do
	# shellcheck disable=SC2086 # a list
	same "init --simulate, mode $mode" shunt init $policy --iptables-mode $mode --simulate
done
same "mistakes, all at once" shunt init -p 0 -o x --proxy-uid me --inbound-ports-to-ignore 9-1 --iptables-mode ebpf
export CNI_COMMAND=VERSION
same "the plugin's VERSION" shunt-cni
unset CNI_COMMAND

if [ -n "$archive" ]; then
	root=$work/root
	mkdir "$root"
	manifest=$(tar -xOf "$archive" index.json | grep -o 'sha256:[0-9a-f]*' | cut -d: -f2)
	# The first that it names is the configuration.
	for layer in $(tar -xOf "$archive" "blobs/sha256/$manifest" | grep -o 'sha256:[0-9a-f]*' | cut -d: -f2 | tail -n +2); do
		tar -xOf "$archive" "blobs/sha256/$layer" | tar -xz -C "$root"
	done
	in_image() { timeout 300 qemu-aarch64-static -L "$root" "$root/usr/bin/node" "$@"; }
	cat >"$work/compiled.cjs" <<-END
		const koffi = require("$root/usr/lib/shunt/node_modules/koffi");
		console.log(process.arch, koffi.load("libc.so.6").func("int getppid()")() === process.ppid);
	END
	in_image "$root/usr/lib/shunt/bin/shunt" --version >"$work/said" 2>&1 || true
	in_image "$work/compiled.cjs" >>"$work/said" 2>&1 || true
	# shellcheck disable=SC2086 # a list
	in_image "$root/usr/lib/shunt/bin/shunt" explain $policy inbound 10.0.0.1:8080 >>"$work/said" 2>&1 || true
	# shellcheck disable=SC2086 # a list
	{
		bin/shunt --version
		echo arm64 true
		bin/shunt explain $policy inbound 10.0.0.1:8080
	} >"$work/wanted"
	compare "in the image: Node, its compiled code, and what shunt explain says" "$work/wanted" "$work/said"
fi

# unshare wants root; without it there is nothing to try.
for mode in legacy nft nftables; do
	[ "$(id -u)" = 0 ] || break
	status=0
	# shellcheck disable=SC2086,SC2016 # a list; for the inner shell
	unshare --net sh -c '
		program=$1 mode=$2 own=$3
		shift 3
		ip link set lo up
		status=0
		timeout 60 qemu-aarch64-static "$program" init "$@" --iptables-mode "$mode" --transport kernel >&2 || status=$?
		if "$own" status | grep -q "rules of ours" && [ "$status" = 0 ]; then status=200; fi
		exit $status' sh "$folder/shunt" "$mode" dist/native/shunt $policy >"$work/said" 2>&1 || status=$?
	if [ $status = 200 ]; then
		echo "init, mode $mode: said that it had made rules, and there are none"
		failed=1
	else
		echo "init, mode $mode, under emulation: exit status $status: $(tail -1 "$work/said" | cut -c1-200)"
	fi
done
exit $failed
