#!/bin/sh
# build-coredns.sh VERSION OUTPUT: builds coredns/main.go with CoreDNS' Go module of that version, static.
set -eu
version=$1
output=$2
source=$(cd "$(dirname "$0")" && pwd)/coredns
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$source/main.go" "$folder/"
cd "$folder"

go mod init shunt.test/coredns 2>/dev/null
{
	timeout 300 go get "github.com/coredns/coredns@$version"
	timeout 900 go mod tidy
} >modules.log 2>&1 || { cat modules.log >&2; exit 1; }
CGO_ENABLED=0 nice -n 10 go build -trimpath -ldflags "-s -w" -o "$output.part" .
mv "$output.part" "$output"
