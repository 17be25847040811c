#!/bin/sh
# Tries the native programs for arm64 on a real kernel of that kind: Debian's, in a virtual machine that QEMU emulates
# instruction by instruction. In each mode that needs no tools: init, init again, status, clean, all as they should be.
# Half a minute. Needs root for Debian's packages; what they hold is unpacked, and but for QEMU nothing is installed.
#
#     scripts/release/try-arm64.sh [PROGRAM]
set -eu
cd "$(dirname "$0")/../.."
program=$(realpath "${1:-dist/native-arm64/shunt}")
folder=$PWD/dist/try-arm64
options="-qq -o Acquire::http::Timeout=30 -o Acquire::Retries=2 -o DPkg::Lock::Timeout=120"

say() { echo "try-arm64: $*" >&2; }

if ! command -v qemu-system-aarch64 >/dev/null || ! command -v cpio >/dev/null || ! command -v depmod >/dev/null; then
	say "installing qemu-system-arm, cpio and kmod from Debian's packages …"
	# shellcheck disable=SC2086 # a list
	DEBIAN_FRONTEND=noninteractive apt-get $options install --yes --no-install-recommends qemu-system-arm cpio kmod >&2
fi

kernel=$folder/kernel
if ! ls "$kernel"/boot/vmlinuz-* >/dev/null 2>&1; then
	apt=$folder/apt
	mkdir -p "$apt/lists/partial" "$apt/debs" "$kernel"
	: >"$apt/installed"
	set -- -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User= \
		-o "Dir::State::status=$apt/installed" -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt" -o Debug::NoLocking=true
	# shellcheck disable=SC2086 # a list
	apt-get $options "$@" update
	# What the metapackage depends on is the kernel itself.
	image=$(apt-cache "$@" depends linux-image-cloud-arm64 | awk '/Depends: linux-image-/ { print $2; exit }')
	# shellcheck disable=SC2086
	(cd "$apt/debs" && apt-get $options "$@" download "$image" busybox-static)
	for package in "$apt"/debs/*.deb; do dpkg-deb --extract "$package" "$kernel"; done
fi

# The first file system: BusyBox, the program, and the modules that have to do with redirection.
root=$folder/root
release=$(basename "$kernel"/lib/modules/*)
rm -rf "$root"
mkdir -p "$root/bin" "$root/sbin" "$root/proc" "$root/sys" "$root/dev" "$root/run" "$root/lib/modules"
cp "$kernel/bin/busybox" "$program" "$root/bin/"
for name in sh echo mount uname ip poweroff unshare cat; do ln -s busybox "$root/bin/$name"; done
ln -s ../bin/busybox "$root/sbin/modprobe"
depmod -b "$kernel" "$release"
(
	cd "$kernel"
	awk -F'[: ]+' '$1 ~ /kernel\/net\/(ipv4\/|ipv6\/)?netfilter\// { for (i = 1; i <= NF; i++) if ($i != "") print $i }' \
		"lib/modules/$release/modules.dep" | sort -u | sed "s,^,lib/modules/$release/,"
	find "lib/modules/$release" -name '*crc32c*.ko*' -o -name 'modules.builtin*' -o -name modules.order
) | sort -u | (cd "$kernel" && cpio --pass-through --make-directories --quiet "$root")
depmod -b "$root" "$release"
cat >"$root/init" <<'END'
#!/bin/sh
export PATH=/bin:/sbin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
echo "@ machine $(uname -m) $(uname -r)"
# Who asks ip_tables by its socket options loads no module, as the tools of iptables do.
for module in iptable_nat ip6table_nat xt_multiport xt_owner xt_comment xt_REDIRECT; do modprobe $module; done
for mode in legacy nft nftables auto; do
	export mode
	unshare -n sh -c '
		ip link set lo up
		say() { "$@" >/run/said 2>&1; echo "@ $mode $2: $?"; cat /run/said; }
		init="shunt init -p 4143 -o 4140 --proxy-uid 2102 --inbound-ports-to-ignore 4190,4191 --iptables-mode $mode"
		say $init; say $init; say shunt status; say shunt clean; say shunt status'
done
echo "@ end"
poweroff -f
END
chmod +x "$root/init"
(cd "$root" && find . | cpio --create --format=newc --quiet) >"$folder/first.cpio"

say "booting Linux $release for arm64 …"
timeout "${TRY_ARM64_SECONDS:-300}" qemu-system-aarch64 -machine virt -cpu max,pauth-impdef=on -smp 1 -m 768 -nodefaults -no-reboot \
	-display none -serial stdio -kernel "$kernel/boot/vmlinuz-$release" -initrd "$folder/first.cpio" \
	-append "console=ttyAMA0 quiet loglevel=1 panic=-1 random.trust_cpu=on" </dev/null | tr -d '\r' >"$folder/said" || true

# Each mode: init and init again are done, the second changes nothing, status is in sync, and after clean nothing is left.
status=0
grep '^@ machine' "$folder/said" || { say "it did not boot: see $folder/said"; exit 1; }
for mode in legacy nft nftables auto; do
	steps=$(grep "^@ $mode " "$folder/said" | tr '\n' ' ')
	want="@ $mode init: 0 @ $mode init: 0 @ $mode status: 0 @ $mode clean: 0 @ $mode status: 0 "
	if [ "$steps" = "$want" ]; then
		echo "$mode: init, init again, status, clean: as they should be"
	else
		echo "$mode: $steps"
		status=1
	fi
done
[ "$(grep -c 'already in place, nothing changed' "$folder/said")" -ge 8 ] || { say "a second run changed something"; status=1; }
[ "$(grep -c 'in sync' "$folder/said")" -ge 7 ] || { say "a status was not in sync"; status=1; }
[ "$(grep -c 'no rules of ours' "$folder/said")" -ge 4 ] || { say "something was left"; status=1; }
[ $status = 0 ] || say "what was said is in $folder/said"
exit $status
