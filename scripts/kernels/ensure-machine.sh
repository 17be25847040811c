#!/bin/sh
# Installs what booting a kernel in an emulated machine takes: QEMU and what its first programs come from. As
# scripts/ensure-tools.sh does.
set -eu
exec "$(dirname "$0")/../ensure-tools.sh" qemu-system-x86_64=qemu-system-x86 busybox=busybox-static cpio kmod \
	xz=xz-utils zstd
