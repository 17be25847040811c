#!/usr/bin/env bash
# libcni answers STATUS of a network's list below version 1.1.0 with success, and asks no plugin, not even whether there is one.
#
# What most would expect: an error that the version has no STATUS (it came with 1.1.0), or that the list's plugin is not
#   found, as ADD says of the same list.
# What was guessed before it was tried: the error about the version.
# What was seen: `cnitool status` exits with 0 and says nothing, for lists of 0.4.0 and 1.0.0 whose only plugin is not on
#   this machine, and of which ADD fails. The same list as 1.1.0 fails. A plugin that is there and would answer with code 50
#   ("not available") is not started below 1.1.0.
# So a runtime that asks libcni for a network's status (containerd 2 for the node's NetworkReady) learns nothing from a list of
#   1.0.0, and success does not mean that a pod could be started. Whoever wants the question answered has to ask elsewhere.
#
# Version: github.com/containernetworking/cni/cnitool v1.3.0.
# Needs go, and root for the network namespace of ADD; installs in a temporary folder. Fails when what was seen changes.
set -euo pipefail
folder="$(mktemp -d)"
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
GOBIN="$folder" GOFLAGS=-modcacherw go install github.com/containernetworking/cni/cnitool@v1.3.0 2>install.log ||
	{ cat install.log; exit 1; }
mkdir bin lists
cat >bin/unready <<'PLUGIN'
#!/bin/sh
echo "$CNI_COMMAND" >>"$CALLS"
echo '{"cniVersion":"1.1.0","code":50,"msg":"not available"}'
exit 1
PLUGIN
chmod +x bin/unready
export CALLS="$folder/calls" CNI_PATH="$folder/bin" NETCONFPATH="$folder/lists"

# VERB VERSION PLUGIN: the exit status.
tool() {
	: >calls
	echo "{\"cniVersion\":\"$2\",\"name\":\"pods\",\"plugins\":[{\"type\":\"$3\"}]}" >lists/pods.conflist
	local status=0
	unshare --net ./cnitool "$1" pods /proc/self/ns/net >output 2>&1 || status=$?
	echo "$status"
}

status=0
check() {
	if [ "$2" = "$3" ]; then echo "ok: $1"; else echo "CHANGED: not so any more: $1: \"$2\" instead of \"$3\""; status=1; fi
}
for version in 0.4.0 1.0.0; do
	check "$version: ADD by a plugin that is not there fails" "$(tool add "$version" nowhere)" 1
	check "$version: STATUS of the same list succeeds" "$(tool status "$version" nowhere) $(cat output)" "0 "
	check "$version: STATUS starts no plugin" "$(tool status "$version" unready) $(cat calls)" "0 "
done
check "1.1.0: STATUS of a plugin that is not there fails" "$(tool status 1.1.0 nowhere)" 1
check "1.1.0: STATUS asks the plugin" "$(tool status 1.1.0 unready) $(cat calls)" "1 STATUS"
exit "$status"
