#!/bin/sh
# Builds dist/native/shunt, one static file, with proxy-init and shunt-init as links to it, and dist/native/shunt-cni.
#
#     [SHUNT_NATIVE_MACHINE=aarch64] native/build.sh [PROGRAM...]
#
# For another machine than this one (as uname -m calls it) into dist/native-ARCHITECTURE: native/cross-tools.sh says what
# that takes. With names, those programs alone: shunt, shunt-cni, or host-contract, which test/contract/host-native.test.ts
# drives and which is no part of a release.
#
# Linked with musl where that can be had, because glibc's start-up code asks the processor about its caches dozens of
# times (init_cacheinfo in cacheinfo.h), each of which leaves a virtual machine and together take longer than all that
# this program does itself. See docs/adr/0003-native-runtime.md.
set -eu
cd "$(dirname "$0")/.."

programs=${*:-shunt shunt-cni}
here=$(uname -m)
machine=${SHUNT_NATIVE_MACHINE:-$here}
musl=$machine-unknown-linux-musl

say() { echo "native/build.sh: $*" >&2; }

# What compiles for the machine, and what runs its programs here: a program's start-up is run to be kept (src/heap.rs).
if [ "$machine" = "$here" ]; then
	musl_gcc=musl-gcc readelf=readelf run='' output=dist/native
else
	tools=$(native/cross-tools.sh "$machine")
	musl_gcc=$tools/musl-gcc readelf=$machine-linux-gnu-readelf
	run=$(command -v "qemu-$machine-static")
	case $machine in
	aarch64) output=dist/native-arm64 ;;
	x86_64) output=dist/native-amd64 ;;
	esac
fi

# A toolchain is the folder of its cargo and rustc, or nothing for those on PATH.
rustc_of() { echo "${1:+$1/}rustc"; }
has_rust() { "$(rustc_of "$1")" --version >/dev/null 2>&1 && "${1:+$1/}cargo" --version >/dev/null 2>&1; }
has_musl_library() { ls "$("$(rustc_of "$1")" --print target-libdir --target "$musl")"/libstd-*.rlib >/dev/null 2>&1; }
has_library_source() { [ -e "$("$(rustc_of "$1")" --print sysroot)/lib/rustlib/src/rust/library/Cargo.lock" ]; }

# Sets `toolchain` and `library`: ready (rustup's musl target), source (Debian's rust-web-src) or glibc.
choose_toolchain() {
	for library in ready source glibc; do
		for toolchain in "" /usr/bin; do
			has_rust "$toolchain" || continue
			case $library in
			ready) command -v "$musl_gcc" >/dev/null && has_musl_library "$toolchain" && return ;;
			source) command -v "$musl_gcc" >/dev/null && has_library_source "$toolchain" && return ;;
			glibc) return ;;
			esac
		done
	done
	return 1
}

# Debian's current Rust, next to whatever rustup may have put on PATH; its own `rustc` package is years behind.
install_from_debian() {
	command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || return 1
	say "installing Rust and musl from Debian's packages …"
	options="-qq -o Acquire::http::Timeout=30 -o Acquire::Retries=2 -o DPkg::Lock::Timeout=120"
	# shellcheck disable=SC2086 # a list
	DEBIAN_FRONTEND=noninteractive apt-get $options install --yes --no-install-recommends \
		rustc-web cargo-web rust-web-src musl-tools gcc libc6-dev >/dev/null 2>&1
}

if ! choose_toolchain || [ "$library" = glibc ]; then
	install_from_debian || true
	choose_toolchain || {
		say "there is no cargo: install Rust 1.87 or newer (rustup, or Debian's packages rustc-web and cargo-web)"
		exit 1
	}
fi

export RUSTC
RUSTC=$(rustc_of "$toolchain")
set -- build --locked --release --manifest-path native/Cargo.toml --config native/.cargo/config.toml
# The home of whoever builds is nobody's business.
flags="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo -C force-unwind-tables=no"
if [ "$library" = glibc ] && [ "$machine" != "$here" ]; then
	say "for $machine a Rust is needed that has its musl target (rustup), or the library's source (Debian's rust-web-src)"
	exit 1
elif [ "$library" = glibc ]; then
	say "!!! no musl for this Rust: linking with glibc, which makes every start about half a millisecond slower"
	target=$machine-unknown-linux-gnu engine_cc=gcc engine_flags=
else
	target=$musl engine_cc=$musl_gcc
	# The program sits at a fixed address (src/heap.rs), so code that could be moved would only be slower. Code that is neither
	# aligned nor vectorized, and in which nothing large is repeated where it is called, is an eighth smaller, and no slower in
	# an interpreter: it has to be fetched once, and is seldom there already.
	engine_flags="-fno-pic -fno-asynchronous-unwind-tables -O2 -falign-functions=1 -falign-loops=1 -falign-jumps=1
		-falign-labels=1 -fno-tree-vectorize --param max-inline-insns-auto=7"
fi
lower=$(echo "$target" | tr '-' '_')
# cargo looks at these flags alone to know whether the engine is still the same.
changes=$(cat native/engine-cc.sh native/engine.sed native/*.h | cksum | cut -d ' ' -f 1)
export "CC_$lower=$PWD/native/engine-cc.sh" SHUNT_ENGINE_CC="$engine_cc"
export "CFLAGS_$lower=$engine_flags -DSHUNT_CHANGES=$changes"
if [ "$library" = source ]; then
	unwind=native/target/musl-$machine
	mkdir -p "$unwind"
	"$musl_gcc" -O2 -c native/musl-unwind.c -o "$unwind/unwind.o"
	ar rcs "$unwind/libunwind.a" "$unwind/unwind.o"
	flags="$flags -C linker=$musl_gcc -C link-self-contained=no -L $PWD/$unwind"
	# Building the standard library for another target is not stable yet; RUSTC_BOOTSTRAP admits it on any compiler.
	export RUSTC_BOOTSTRAP=1
	# Without what would name the places of a backtrace: a stripped program has no names, and it is a tenth of the program.
	set -- "$@" -Z build-std=std,panic_abort -Z build-std-features=
fi
export "CARGO_TARGET_$(echo "$target" | tr 'a-z-' 'A-Z_')_RUSTFLAGS=$flags"

"${toolchain:+$toolchain/}cargo" "$@" --target "$target"
built=native/target/$target/release

# The second half of the link: each program is the same one with its bundles in it, and the engine started.
entries_of() {
	case $1 in
	shunt) echo main=src/main/native.ts seldom=src/main/native-seldom.ts status=src/main/native-status.ts ;;
	shunt-cni) echo main=src/main/native-cni.ts ;;
	host-contract) echo main=test/contract/host-driver-native.ts ;;
	*)
		say "$1 is not a program (want shunt, shunt-cni or host-contract)"
		return 64
		;;
	esac
}

still=$(command -v setarch) && still="$still $here --addr-no-randomize" && $still true 2>/dev/null || still=

mkdir -p "$output"
for program in $programs; do
	folder=native/target/$target/bundles/$program
	entries=$(entries_of "$program")
	# shellcheck disable=SC2086 # a list
	npx --no-install tsx scripts/native-bundle.ts "$folder" $entries
	for source in "$folder"/*.js; do
		$run "$built/compile-bundle" "$(basename "$source" .js)" "$source" "${source%.js}.bytecode"
	done
	# Nothing of this place or moment is in it: no environment, the same names, and addresses that are not drawn by lot where
	# that may be asked for. The clock stands still, too (src/build_time.rs).
	# shellcheck disable=SC2086 # lists
	(
		cp "$built/shunt" "$folder"
		cd "$folder"
		for twice in first second; do
			env -i $still $run ./shunt --write-program made ./*.bytecode
			mv made "$twice"
		done
	)
	cmp -s "$folder/first" "$folder/second" || say "!!! $output/$program comes out differently each time"
	# Written in one go, as what is unpacked from an image is: the page cache keeps it in larger pieces, and it starts sooner.
	rm -f "$output/$program"
	cp "$folder/first" "$output/$program"
	if "$readelf" --dynamic --wide "$output/$program" | grep NEEDED >&2; then
		say "$output/$program depends on shared libraries"
		exit 1
	fi
	case $program in
	host-contract) continue ;;
	shunt)
		ln -sf shunt "$output/proxy-init"
		ln -sf shunt "$output/shunt-init"
		;;
	esac
	size=$(stat -c %s "$output/$program")
	if [ "$size" -gt 5000000 ]; then
		say "$output/$program has $size bytes, more than 5 MB"
		exit 1
	fi
	say "$output/$program: $($run "$output/$program" --version), $size bytes, $target"
done
