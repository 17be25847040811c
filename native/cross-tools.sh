#!/bin/sh
# Makes ready what native/build.sh needs for another machine than this one, from Debian's packages, and prints the folder
# that has musl-gcc for it. Needs root for the packages, where they are not installed yet.
#
#     native/cross-tools.sh aarch64
#
# - gcc and binutils for the machine, which Debian has as packages of this one;
# - musl's headers and library, which it has as a package of the other one: that is unpacked here, not installed;
# - qemu-user, since a program's start-up is run when it is built, and its result becomes part of it (src/heap.rs).
set -eu
cd "$(dirname "$0")/.."
machine=$1

say() { echo "native/cross-tools.sh: $*" >&2; }

case $machine in
aarch64) debian=arm64 packages="gcc-aarch64-linux-gnu libc6-dev-arm64-cross" ;;
x86_64) debian=amd64 packages="gcc-x86-64-linux-gnu libc6-dev-amd64-cross" ;;
*)
	say "$machine is not a machine that this is built for (want aarch64 or x86_64)"
	exit 64
	;;
esac
folder=$PWD/native/target/cross-$machine
options="-qq -o Acquire::http::Timeout=30 -o Acquire::Retries=2 -o DPkg::Lock::Timeout=120"

if ! command -v "$machine-linux-gnu-gcc" >/dev/null || ! command -v "qemu-$machine-static" >/dev/null; then
	say "installing $packages and qemu-user-static from Debian's packages …"
	# shellcheck disable=SC2086 # lists
	DEBIAN_FRONTEND=noninteractive apt-get $options install --yes --no-install-recommends \
		$packages qemu-user-static >&2
fi

if ! [ -e "$folder/musl-gcc" ]; then
	# apt's notes about the other architecture are kept apart from this machine's.
	mkdir -p "$folder/apt/lists/partial" "$folder/apt/archives/partial" "$folder/root"
	: >"$folder/apt/installed"
	set -- -o "APT::Architecture=$debian" -o "APT::Architectures=$debian" -o APT::Sandbox::User= \
		-o "Dir::State::status=$folder/apt/installed" -o "Dir::State::lists=$folder/apt/lists" \
		-o "Dir::Cache=$folder/apt" -o Debug::NoLocking=true
	# shellcheck disable=SC2086 # a list
	(
		cd "$folder/apt"
		apt-get $options "$@" update
		apt-get $options "$@" download musl-dev
	) >&2
	dpkg-deb --extract "$folder"/apt/musl-dev_*.deb "$folder/root"
	# The package's own description of musl to gcc, with the folder where it is now.
	sed "s|/usr/|$folder/root/usr/|g" "$folder/root/usr/lib/$machine-linux-musl/musl-gcc.specs" >"$folder/musl-gcc.specs"
	cat >"$folder/.musl-gcc" <<-END
		#!/bin/sh
		exec $machine-linux-gnu-gcc "\$@" -specs $folder/musl-gcc.specs
	END
	chmod +x "$folder/.musl-gcc"
	mv "$folder/.musl-gcc" "$folder/musl-gcc"
fi
echo "$folder"
