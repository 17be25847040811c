import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Mode } from "./release.ts";

const script = fileURLToPath(new URL("../../../scripts/cluster/cluster.sh", import.meta.url));

/** Runs a script of ours on the node of our own cluster, where every pod's network namespace is bound to a file. */
function onNode(text: string, ...args: readonly string[]): string {
	const command = ["run", "bash", "-euc", text, "bash", ...args];
	return execFileSync(script, command, {
		encoding: "utf8",
		timeout: 120_000,
		stdio: ["ignore", "pipe", "pipe"],
	});
}

/** The file to which the runtime has bound the network namespace with that address. */
export function namespaceOf(address: string): string {
	const found = onNode(findNamespace, address).trim();
	if (found === "" || found.includes("\n")) {
		throw new Error(`the namespace with ${address} is not one: "${found}"`);
	}
	return found;
}

const findNamespace = `for file in /run/netns/*; do
	if nsenter --net="$file" ip -oneline address | grep --quiet --fixed-strings " $1/"; then echo "$file"; fi
done`;

const tables: Readonly<Record<Mode, { readonly list: string; readonly flush: string }>> = {
	legacy: {
		list: "iptables-legacy-save -t nat; ip6tables-legacy-save -t nat",
		flush: "iptables-legacy -t nat -F; ip6tables-legacy -t nat -F",
	},
	nft: { list: "nft list ruleset", flush: "nft flush ruleset" },
	nftables: { list: "nft list ruleset", flush: "nft flush ruleset" },
};

/** The rules of a network namespace, a line each, without what they have counted. */
export function rulesIn(file: string, mode: Mode): string[] {
	return linesOf(onNode(`nsenter --net="$1" sh -c '${tables[mode].list}'`, file));
}

function linesOf(listing: string): string[] {
	return listing
		.split("\n")
		.filter((line) => !/^(?:#|:|COMMIT|\*)/.test(line))
		.map((line) => line.replace(/packets \d+ bytes \d+/, "").trim())
		.filter(Boolean);
}

/** Takes every rule out, as somebody with NET_ADMIN can. Answers what is there right after it, and in the same moment. */
export function flushRules(file: string, mode: Mode): string[] {
	const { list, flush } = tables[mode];
	return linesOf(onNode(`nsenter --net="$1" sh -c '${flush}; ${list}'`, file));
}
