#!/usr/bin/env bash
# A JSON Patch about a member that is called "-" is carried out under the name "undefined", or not at all, without an error.
#
# What most would expect: that "-" means "behind the last item" in an array alone, and is a name like any other in an object
#   (RFC 6902 section 4.1 speaks of it for arrays; RFC 6901 section 4 has it "if the currently referenced value is a JSON
#   array"). A ConfigMap's key may be just that.
# What was guessed before it was tried: a patch that turns {} into {"-":1} gives {"-":1} in every library of RFC 6902.
# What was seen: immutable-json-patch 6.0.3 makes {"undefined":1} of "add"; "replace" and "remove" of such a member change
#   nothing and say nothing; "test" of it fails. fast-json-patch 3.1.1 and rfc6902 5.4.0 do what the RFC says.
# So a test that holds its patches against that library fails for right ones, if seldom, and a program that applies some with
#   it may lose a change without a word.
#
# Needs node and npm; installs in a temporary folder. Fails when what was seen changes.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund immutable-json-patch@6.0.3 fast-json-patch@3.1.1 rfc6902@5.4.0
cat >apply.mjs <<'PROGRAM'
import { immutableJSONPatch } from "immutable-json-patch";
import fast from "fast-json-patch";
import { applyPatch } from "rfc6902";

const [library, document, patch] = [process.argv[2], ...process.argv.slice(3).map((text) => JSON.parse(text))];
const apply = {
	"immutable-json-patch": () => immutableJSONPatch(document, patch),
	"fast-json-patch": () => fast.applyPatch(document, patch).newDocument,
	rfc6902: () => {
		const [failure] = applyPatch(document, patch).filter((each) => each !== null);
		if (failure !== undefined) throw failure;
		return document;
	},
};
try {
	console.log(JSON.stringify(apply[library]()));
} catch {
	console.log("fails");
}
PROGRAM

status=0
check() {
	if [ "$2" = "$3" ]; then echo "ok: $1"; else echo "CHANGED: not so any more: $1: $2 instead of $3"; status=1; fi
}
# WHAT DOCUMENT PATCH: what the RFC says, what was seen.
try() {
	for library in fast-json-patch rfc6902; do
		check "$library: $1" "$(node apply.mjs "$library" "$2" "$3")" "$4"
	done
	check "immutable-json-patch: $1" "$(node apply.mjs immutable-json-patch "$2" "$3")" "$5"
}
try "add" '{}' '[{"op":"add","path":"/-","value":1}]' '{"-":1}' '{"undefined":1}'
try "replace" '{"a":{"-":1}}' '[{"op":"replace","path":"/a/-","value":2}]' '{"a":{"-":2}}' '{"a":{"-":1}}'
try "remove" '{"a":{"-":1}}' '[{"op":"remove","path":"/a/-"}]' '{"a":{}}' '{"a":{"-":1}}'
try "test" '{"a":{"-":1}}' '[{"op":"test","path":"/a/-","value":1}]' '{"a":{"-":1}}' fails
try "behind the last item of an array" '[1]' '[{"op":"add","path":"/-","value":2}]' '[1,2]' '[1,2]'
exit "$status"
