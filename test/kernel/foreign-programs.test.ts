import { describe, expect, it } from "vitest";
import { type Dialect, restore } from "../support/dialect.ts";
import {
	calicoRules,
	ciliumRules,
	dockerRules,
	kubeProxyNftables,
	kubeProxyRules,
	tailscaleNftables,
	tailscaleRules,
} from "../support/foreign-hosts.ts";
import { istioNftables, istioRules, kumaRules } from "../support/foreign-meshes.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt, way } from "../support/programs.ts";
import { snapshot } from "../support/snapshot.ts";
import { seeOne } from "../support/status-run.ts";

/** Beside what other programs have, by the way of the tier (SHUNT_TRANSPORT), in each mode. */

const one = ["-p", "4143", "-o", "4140", "--proxy-uid", "2102"];
const other = [...one, "--inbound-ports-to-ignore", "4190-4191", "--subnets-to-ignore", "10.0.0.0/8"];

interface Program {
	readonly name: string;
	readonly put: (netns: Netns) => void;
	/** As status names whoever has rules that a pod's connections meet; what stands behind routing is none. */
	readonly seen: readonly string[];
}

const written = [
	["Docker", dockerRules, ["Docker"]],
	["kube-proxy", kubeProxyRules, ["Kubernetes"]],
	["Calico", calicoRules, ["Calico"]],
	["Cilium", ciliumRules, ["Cilium"]],
	["Tailscale", tailscaleRules, []],
	["Istio", istioRules, ["Istio"]],
	["Kuma", kumaRules, ["Kuma"]],
] as const;

function byIptables(dialect: Dialect): Program[] {
	return written.map(([name, rules, seen]) => ({
		name: `${name}, by iptables-${dialect}`,
		put: (netns) => restore(netns, dialect, "ipv4", rules),
		seen,
	}));
}

const byNft: readonly Program[] = (
	[
		["kube-proxy", kubeProxyNftables, ["Kubernetes"]],
		["Istio", istioNftables, ["Istio"]],
		// In iptables-nft's own table, which its tools then do not show: unseen.test.ts.
		...(way === "tools" ? [] : [["Tailscale", tailscaleNftables, []] as const]),
	] as const
).map(([name, rules, seen]) => ({
	name: `${name}, by nft`,
	put: (netns) => netns.run("nft", ["-f", "-"], rules),
	seen,
}));

/** One mode's rules beside those of the other kind. */
const everything: Program = {
	name: "all of these, by all of these",
	put: (netns) => {
		for (const { put } of [...byIptables("legacy"), ...byIptables("nft"), ...byNft.slice(0, 2)]) {
			put(netns);
		}
	},
	seen: ["Cilium", "Calico", "Docker", "Istio", "Kubernetes", "Kuma"],
};

const cases = [
	...byIptables("legacy").map((program) => ({ mode: "legacy", ...program })),
	...[...byIptables("nft"), ...byNft.slice(2)].map((program) => ({ mode: "nft", ...program })),
	...byNft.map((program) => ({ mode: "nftables", ...program })),
	...["legacy", "nft", "nftables"].map((mode) => ({ mode, ...everything })),
];

/**
 * All that is in the namespace but what holds nothing: ip_tables keeps a table that was once asked for, and clean leaves base
 * chains where somebody else has the table.
 */
function rulesIn(netns: Netns): string {
	return snapshot(netns)
		.replace(/^nat$/gm, "")
		.replace(/^\*nat\n(?::\w+ ACCEPT \[0:0\]\n)+COMMIT$/gm, "")
		.replace(/^\tchain \w+ \{\n\t\ttype nat hook .*; policy accept;\n\t\}$/gm, "")
		.replace(/\n+/g, "\n")
		.trimStart();
}

describe("beside the rules of", () => {
	it.each(cases)(
		"$name, those of mode $mode come, stay, change and go, and theirs stay",
		({ mode, put, seen }) =>
			withNetns("foreign", (netns) => {
				put(netns);
				const before = rulesIn(netns);
				const init = (flags: readonly string[]) => {
					const where = ["--iptables-mode", mode, "--netns", netns.path, "--output", "json"];
					const { status, stdout, stderr } = runShunt(["init", ...flags, ...where, "--log-level", "error"]);
					expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
					return JSON.parse(stdout).families.map(({ outcome }: { outcome: string }) => outcome);
				};
				expect(init(one)).toEqual(["created", "created"]);
				expect(init(one)).toEqual(["unchanged", "unchanged"]);
				expect(init(other)).toEqual(["replaced", "replaced"]);
				const { status, verdict, others, notRead } = seeOne(netns);
				expect({ status, verdict, notRead }).toEqual({ status: 0, verdict: "in-sync", notRead: [] });
				expect([...new Set(others.flatMap((table) => table.programs))].sort()).toEqual([...seen].sort());
				expect(runShunt(["clean", "--netns", netns.path]).status).toBe(0);
				expect(rulesIn(netns)).toBe(before);
			}),
	);
});
