#!/usr/bin/env bash
# To kubectl, a YAML merge key overrides the keys that stand above it.
#
# What most would expect: keys that are written out win over what `<<` brings in, wherever the merge stands. That is what
#   the merge type says (https://yaml.org/type/merge.html), and how the yaml package for Node and PyYAML read it.
# What was guessed before it was tried: the same everywhere.
# What was seen: sigs.k8s.io/yaml, which kubectl, Helm and every client of Kubernetes in Go read manifests with, takes the
#   keys in their order: a merge below a key replaces that key's value. The same two lines the other way round agree in all.
# So a tool that reads a manifest with another library, changes it and hands it to kubectl may have looked at another
#   manifest than the one that is applied.
#
# Versions: sigs.k8s.io/yaml v1.6.0 (Go), yaml 2.8.1 (npm), PyYAML 6.0.2.
# Needs go, npm and pip; installs in a temporary folder. Fails when what was seen changes.
set -euo pipefail
folder="$(mktemp -d)"
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"

printf 'a: explicit\n<<: {a: merged, b: merged}\n' >below.yaml
printf '<<: {a: merged, b: merged}\na: explicit\n' >above.yaml

cat >go.mod <<'GO'
module finding

go 1.22

require sigs.k8s.io/yaml v1.6.0
GO
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"sigs.k8s.io/yaml"
)

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	var value map[string]string
	if err := yaml.Unmarshal(text, &value); err != nil {
		panic(err)
	}
	fmt.Println(value["a"])
}
GO
export GOFLAGS=-mod=mod GOPATH="$folder/go" GOCACHE="$folder/cache"
go build -o with-go . 2>build.log || { cat build.log >&2; exit 1; }

npm install --silent --no-audit --no-fund --prefix node yaml@2.8.1 >/dev/null
cat >with-node.cjs <<'JS'
const { parse } = require("./node/node_modules/yaml");
console.log(parse(require("node:fs").readFileSync(process.argv[2], "utf8"), { version: "1.1" }).a);
JS

python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check PyYAML==6.0.2
with_python() { python/bin/python -c 'import sys, yaml; print(yaml.safe_load(open(sys.argv[1]))["a"])' "$1"; }

status=0
expect() {
	if [ "$2" = "$3" ]; then echo "ok: $1: $2"; else echo "CHANGED: $1: $2, was $3"; status=1; fi
}
expect "sigs.k8s.io/yaml, merge below the key" "$(./with-go below.yaml)" merged
expect "yaml for Node, merge below the key" "$(node with-node.cjs below.yaml)" explicit
expect "PyYAML, merge below the key" "$(with_python below.yaml)" explicit
expect "sigs.k8s.io/yaml, merge above the key" "$(./with-go above.yaml)" explicit
expect "yaml for Node, merge above the key" "$(node with-node.cjs above.yaml)" explicit
expect "PyYAML, merge above the key" "$(with_python above.yaml)" explicit
exit "$status"
