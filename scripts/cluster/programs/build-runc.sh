#!/bin/sh
# build-runc.sh VERSION OUTPUT LIBRARIES: builds runc of that version, static, with libseccomp of LIBRARIES, a folder into which
# Debian's libseccomp-dev was unpacked. Debian's own runc of the suite that runs everywhere has no user namespaces for pods.
set -eu
version=$1
output=$2
libraries=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

for place in "$libraries"/usr/lib/*-linux-gnu; do
	export PKG_CONFIG_PATH="$place/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$libraries"
	export CGO_CFLAGS="-I$libraries/usr/include" CGO_LDFLAGS="-L$place"
done
GOBIN="$folder" CGO_ENABLED=1 timeout 900 nice -n 10 go install -trimpath -tags "seccomp,netgo,osusergo" \
	-ldflags "-s -w -X main.version=${version#v} -extldflags -static" "github.com/opencontainers/runc@$version" \
	>"$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
# Aside first, so that a build that is killed leaves nothing half done under the name.
mkdir -p "$(dirname "$output")"
cp "$folder/runc" "$output.part"
mv "$output.part" "$output"
