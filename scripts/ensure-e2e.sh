#!/bin/sh
# Makes sure of what the e2e tests need beside the tools of the kernel tier: containerd, runc and the CNI plugins, as
# Debian has them. They are unpacked into dist/e2e and not installed: installing would start a service, and where Docker is
# would put Debian's containerd in the place of Docker's.
set -eu
cd "$(dirname "$0")/.."

tools=$PWD/dist/e2e/tools
packages="containerd runc libseccomp2 containernetworking-plugins"

if [ -e "$tools/complete" ]; then
	exit 0
fi
for program in apt-get dpkg-deb; do
	command -v "$program" >/dev/null || { echo "the e2e tests need Debian's packages, and there is no $program" >&2; exit 1; }
done
echo "fetching $packages …" >&2
rm -rf dist/e2e
mkdir -p dist/e2e/packages "$tools"
cd dist/e2e/packages
download() {
	# shellcheck disable=SC2086
	apt-get -qq -o APT::Sandbox::User=root download $packages
}
# A fresh machine has no package lists, or lists so old that what they name has been replaced.
download 2>/dev/null || { apt-get -qq update && download; }
for package in *.deb; do
	dpkg-deb --extract "$package" "$tools"
done
touch "$tools/complete"
