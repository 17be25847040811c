#!/bin/bash
# build-initramfs.sh KERNEL-FOLDER SHUNT OUTPUT [BUILD]: what a kernel starts with in a test. Busybox, the kernel's netfilter
# modules with all that they need, this machine's iptables, nft and ip, the native program SHUNT, and serve.sh as its first
# process. With BUILD, the folder of a checkout in which `make build` has run, also this machine's Node and bin/shunt in
# /opt/shunt, which has the commands that the native program does not have.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
kernel=$(cd "$1" && pwd)
shunt=$2
output=$3
build=${4:-}
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
# It becomes the root folder, which is everybody's.
chmod 755 "$root"
mkdir -p "$root"/{bin,sbin,usr/sbin,usr/bin,proc,sys,dev,run,tmp,etc,lib/modules}

# Programs, each with the libraries that it names.
add() { # FILE…
	local file library
	for file in "$@"; do
		mkdir -p "$root$(dirname "$file")"
		cp -L "$file" "$root$file"
		ldd "$file" 2>/dev/null | awk '/=> \// { print $3 } $1 ~ /^\// { print $1 }' | while read -r library; do
			[ -e "$root$library" ] || { mkdir -p "$root$(dirname "$library")" && cp -L "$library" "$root$library"; }
		done
	done
}
cp /bin/busybox "$root/bin/busybox"
"$root/bin/busybox" --list | while read -r applet; do
	# The real ones understand what Shunt's users give them; and busybox' shell runs its own applets before any of them.
	case $applet in busybox | sh | ash | ip | modprobe | rmmod | depmod | lsmod) ;; *) ln -s busybox "$root/bin/$applet" ;; esac
done
# What the kernel runs to load a module, hundreds of times in a test: kmod's takes five times as long here.
ln -s busybox "$root/bin/modprobe"
add "$(readlink -f /bin/sh)"
ln -s "$(readlink -f /bin/sh)" "$root/bin/sh"
add /usr/sbin/xtables-legacy-multi /usr/sbin/xtables-nft-multi /usr/sbin/nft
cp -L /sbin/ip "$root/sbin/ip"
cp -L /bin/kmod "$root/bin/kmod"
add /sbin/ip /bin/kmod
for tool in modprobe rmmod depmod lsmod; do
	ln -s /bin/kmod "$root/sbin/$tool"
done
for base in iptables ip6tables; do
	for verb in "" -save -restore; do
		for variant in legacy nft; do
			ln -s "xtables-$variant-multi" "$root/usr/sbin/$base-$variant$verb"
		done
		# As Debian has them.
		ln -s xtables-nft-multi "$root/usr/sbin/$base$verb"
	done
done
extensions=$(dirname "$(ls /usr/lib/*/xtables/libxt_tcp.so | head -n 1)")
mkdir -p "$root$extensions"
cp "$extensions"/lib*t_*.so "$root$extensions/"
cp "$shunt" "$root/usr/bin/shunt"
cp "$here/serve.sh" "$root/init"
if [ -n "$build" ]; then
	node=$(readlink -f "$(command -v node)")
	add "$node"
	[ -e "$root/usr/bin/node" ] || ln -s "$node" "$root/usr/bin/node"
	mkdir -p "$root/opt/shunt/node_modules/@koromix"
	(cd "$build" && find bin dist/main package.json -type f ! -name '*.map' | cpio -p -d -L --quiet "$root/opt/shunt")
	cp -rL "$build/node_modules/koffi" "$root/opt/shunt/node_modules/"
	cp -rL "$build"/node_modules/@koromix/koffi-* "$root/opt/shunt/node_modules/@koromix/"
fi
cat >"$root/etc/passwd" <<-'END'
	root:x:0:0::/:/bin/sh
	app:x:1000:1000::/:/bin/sh
	proxy:x:2102:2102::/:/bin/sh
END
printf 'root:x:0:\napp:x:1000:\nproxy:x:2102:\n' >"$root/etc/group"

# Modules: netfilter's, veth, those that tell of sockets, and what these depend on, unpacked, since unpacking is slow where a processor is emulated.
modules=$(echo "$kernel"/lib/modules/* "$kernel"/usr/lib/modules/* | tr ' ' '\n' | while read -r one; do [ ! -d "$one" ] || echo "$one"; done | head -n 1)
release=$(basename "$modules")
mkdir -p "$root/lib/modules/$release" "$root/tmp/whole/lib/modules"
ln -s "$modules" "$root/tmp/whole/lib/modules/$release"
find "$modules" -name '*.ko*' | sed "s|^$modules/||" >"$root/tmp/all"
# depmod writes where the modules are, which is our own cache.
[ -e "$modules/modules.dep" ] || depmod -b "$root/tmp/whole" "$release" 2>/dev/null
awk -F '[: ]+' '
	$1 ~ /net\/(ipv4\/|ipv6\/)?netfilter\/[^\/]*$/ && $1 !~ /_(sip|h323|pptp|irc|amanda|tftp|snmp_basic|sane|ftp)\.ko/ ||
	$1 ~ /\/(veth|inet_diag|tcp_diag|crc32c_generic|crc32c-intel|libcrc32c|crc32c-cryptoapi)\.ko/ { for (i = 1; i <= NF; i++) if ($i != "") print $i }
' "$modules/modules.dep" | sort -u | while read -r file; do
	target=$root/lib/modules/$release/$(basename "${file%.[xz]*}")
	case $file in
	*.xz) xz -dc "$modules/$file" >"$target" ;;
	*.zst) zstd -qdc "$modules/$file" >"$target" ;;
	*) cp "$modules/$file" "$target" ;;
	esac
done
cp "$modules"/modules.builtin* "$modules/modules.order" "$root/lib/modules/$release/" 2>/dev/null || true
rm -rf "${root:?}/tmp"/*
depmod -b "$root" "$release" 2>/dev/null

(cd "$root" && find . | sort | cpio -o -H newc --quiet) >"$output.part"
mv "$output.part" "$output"
