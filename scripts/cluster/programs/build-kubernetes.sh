#!/bin/sh
# build-kubernetes.sh VERSION OUTPUT: builds kubernetes/main.go with the Go module k8s.io/kubernetes of that version, static.
# That module looks for its parts (k8s.io/api …) beside itself, in its own repository; a program of another module has to
# be told that they are published on their own, as v0.MINOR.PATCH.
set -eu
version=$1
output=$2
source=$(cd "$(dirname "$0")" && pwd)/kubernetes
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$source/main.go" "$folder/"
cd "$folder"

go mod init shunt.test/kubernetes 2>/dev/null
timeout 300 go mod download -json "k8s.io/kubernetes@$version" >module.json
published=$(sed -n 's/^.*"GoMod": "\(.*\)".*$/\1/p' module.json)
{
	printf 'module shunt.test/kubernetes\n\n'
	grep '^go ' "$published"
	printf '\nrequire k8s.io/kubernetes %s\n\n' "$version"
	# Its own requirements, and each part under its published version instead of the folder beside it.
	sed -n '/^require (/,/^)/p' "$published"
	sed -n "s,^[[:space:]]*\(k8s.io/[a-z0-9-]*\) => ./staging/.*,replace \1 => \1 v0${version#v1},p" "$published"
} >go.mod
timeout 1200 go mod tidy >tidy.log 2>&1 || { cat tidy.log >&2; exit 1; }

minor=${version#v1.}
minor=${minor%%.*}
flags="-s -w"
for place in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
	flags="$flags -X $place.gitVersion=$version -X $place.gitMajor=1 -X $place.gitMinor=$minor"
done
# Aside first, so that a build that is killed leaves nothing half done under the name.
CGO_ENABLED=0 timeout 3000 go build -trimpath -ldflags "$flags" -o "$output.part" .
mv "$output.part" "$output"
