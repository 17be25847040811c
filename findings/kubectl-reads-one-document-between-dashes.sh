#!/usr/bin/env bash
# Of what stands between two lines of `---`, the reader of kubectl silently takes the first document.
#
# What most would expect: two documents, or an error. YAML lets a document follow `...` without `---` (YAML 1.2.2, 9.2), and
#   the same reader takes JSON objects one after the other.
# What was guessed before it was tried: two documents for `...`, an error for JSON objects that follow each other below YAML.
# What was seen: k8s.io/apimachinery's YAMLOrJSONDecoder, with which kubectl and client-go read manifests, gives one object
#   for `a: 1`, `...`, `a: 2`, and then the end of the stream; the yaml package for Node gives two documents, PyYAML,
#   which is of YAML 1.1, an error. Of two JSON objects below a YAML document and `---` the Go reader gives the first; at the
#   beginning of a stream it gives both. There is no error and no warning.
# So of manifests that were joined with `...`, or JSON that was appended to YAML, part is never applied.
#
# Versions: k8s.io/apimachinery v0.34.1 (Go), yaml 2.8.1 (npm).
# Needs go and npm; installs in a temporary folder. Fails when what was seen changes.
set -euo pipefail
folder="$(mktemp -d)"
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"

cat >go.mod <<'GO'
module finding

go 1.22

require k8s.io/apimachinery v0.34.1
GO
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/util/yaml"
)

func main() {
	decoder := yaml.NewYAMLOrJSONDecoder(os.Stdin, 4096)
	for {
		var object map[string]any
		if err := decoder.Decode(&object); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Print(object["a"], " ")
	}
}
GO
GOFLAGS=-mod=mod go build -o read . 2>build.log || { cat build.log; exit 1; }
npm install --silent --no-audit --no-fund yaml@2.8.1 >/dev/null

status=0
check() {
	if [ "$2" = "$3" ]; then echo "ok: $1"; else echo "CHANGED: not so any more: $1: $2 instead of $3"; status=1; fi
}
dots='a: 1\n...\na: 2\n'
check "behind ... nothing is read" "$(printf '%b' "$dots" | ./read)" "1 EOF"
check "to the yaml package these are two documents" "$(node -e '
	const documents = require("yaml").parseAllDocuments("a: 1\n...\na: 2\n");
	console.log(documents.map((document) => document.get("a")).join(" "), documents.flatMap(({ errors }) => errors).length);
')" "1 2 0"
check "with --- behind ... both are read" "$(printf 'a: 1\n...\n---\na: 2\n' | ./read)" "1 2 EOF"
check "JSON objects follow each other" "$(printf '{"a":1}\n{"a":2}\n' | ./read)" "1 2 EOF"
check "below YAML the second of them is lost" "$(printf 'a: 1\n---\n{"a":2}\n{"a":3}\n' | ./read)" "1 2 EOF"
exit "$status"
