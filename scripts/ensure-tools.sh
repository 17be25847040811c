#!/bin/sh
# Installs the programs that the demo and the tests run, if they are missing, with apt-get. Arguments name further
# ones that are needed, each with its package where that has another name: ensure-tools.sh python3 haproxy=haproxy
set -eu

packages=""

need() {
	command -v "$1" >/dev/null 2>&1 || case " $packages " in
	*" $2 "*) ;;
	*) packages="${packages:+$packages }$2" ;;
	esac
}

for program in iptables-legacy-restore iptables-nft-restore ip6tables-legacy-restore ip6tables-nft-restore; do
	need "$program" iptables
done
need nft nftables
need ip iproute2
need setpriv util-linux
for extra in "$@"; do
	need "${extra%%=*}" "${extra#*=}"
done

[ -n "$packages" ] || exit 0

if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
	echo "missing here: $packages. Install them, or run this as root on Debian or Ubuntu." >&2
	exit 1
fi
echo "installing $packages …" >&2
export DEBIAN_FRONTEND=noninteractive
options="-qq -o Acquire::http::Timeout=30 -o Acquire::Retries=2 -o DPkg::Lock::Timeout=120"
# shellcheck disable=SC2086 # both are lists
apt-get $options update
# shellcheck disable=SC2086
apt-get $options install --yes --no-install-recommends $packages >/dev/null
