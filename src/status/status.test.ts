import { describe, expect, it } from "vitest";
import { policyFrom } from "../../test/support/policies.ts";
import { backendOf } from "../backend/backends.ts";
import { formatPodFile } from "../cni/pod-file.ts";
import { isIptables, tableDialects } from "../domain/mode.ts";
import { HostError } from "../host/host.ts";
import { createMemoryHost, type MemoryHost } from "../host/memory.ts";
import { formatStamp } from "../policy/pod-policy-stamp.ts";
import { plan } from "../rules/plan.ts";
import { agentsPolicy } from "./given-policy.ts";
import { runStatus } from "./status.ts";

const flags = "-p 4143 -o 4140 -u 2102 --inbound-ports-to-ignore 4190,4191";
const options = { wait: false, counters: false };

function hostWith(...dialects: readonly (typeof tableDialects)[number][]): MemoryHost {
	const host = createMemoryHost({ hasNft: true });
	for (const dialect of dialects) {
		backendOf(dialect).setUp(host, plan(policyFrom(flags)), options);
	}
	return host;
}

/** The exit status and what is told of the one namespace. */
function see(host: MemoryHost, ...argv: readonly string[]) {
	const before = host.output.length;
	const status = runStatus(host, [...argv, "--output", "json"]);
	const [namespace] = JSON.parse(host.output.slice(before).join("")).namespaces;
	return { status, ...namespace };
}

describe.each(tableDialects)("rules in mode %s", (dialect) => {
	it("are in sync with themselves and with the flags that made them, which they tell of", () => {
		const host = hostWith(dialect);
		const policy = ["--incoming-proxy-port", "4143", "--outgoing-proxy-port", "4140", "--proxy-uid", "2102"];
		const seen = see(host);
		expect(seen).toMatchObject({
			status: 0,
			verdict: "in-sync",
			comparedWith: isIptables(dialect) ? "rules" : "record",
			drift: [],
		});
		expect(seen.notRuledOut).toHaveLength(isIptables(dialect) ? 2 : 0);
		// What nft joins it lists as joined.
		const ports = isIptables(dialect) ? "4190,4191" : "4190-4191";
		expect(seen.policy).toEqual([...policy, "--inbound-ports-to-ignore", ports]);
		expect(see(host, ...flags.split(" "), "--iptables-mode", dialect)).toMatchObject({
			status: 0,
			verdict: "in-sync",
			comparedWith: "flags",
		});
	});

	it("differ from other flags in the rules that those ask for", () => {
		const { status, drift } = see(hostWith(dialect), ..."-p 4143 -o 4140 -u 2102 -g 7".split(" "));
		expect(status).toBe(2);
		const { chain } = backendOf(dialect).chainAt("output");
		const missing = drift.filter(({ kind }: { kind: string }) => kind === "missing-rule");
		expect(missing[0]).toMatchObject({ mode: dialect, hook: "output", position: 2 });
		expect(missing[0].sentence).toMatch(new RegExp(`^rule 2 of chain ${chain} is missing: .*group`));
	});

	it("are too many beside those of another mode", () => {
		const [other = dialect] = tableDialects.filter((one) => one !== dialect);
		const { status, drift } = see(hostWith(dialect, other), "--iptables-mode", dialect);
		expect(status).toBe(2);
		expect(drift).toMatchObject([
			{
				kind: "other-mode",
				sentence: `there are rules in mode ${other}, where mode ${dialect} is asked for`,
			},
		]);
	});

	it("are missing where there are none, and only flags can say so", () => {
		expect(see(hostWith())).toMatchObject({ status: 0, verdict: "no-rules", drift: [] });
		// An empty one, as a variable that is not set leaves it, asks for none.
		expect(see(hostWith(), "--iptables-mode", "")).toMatchObject({ status: 0, drift: [] });
		expect(see(hostWith(), "--iptables-mode", dialect)).toMatchObject({
			status: 2,
			drift: [{ kind: "nothing", mode: dialect }],
		});
	});
});

describe("rules of others", () => {
	it("that come before ours are told, with what they say", () => {
		const host = hostWith("legacy");
		host
			.natTable("legacy", "ipv4")
			.restore("*nat\n-I OUTPUT 1 -p tcp -j REDIRECT --to-ports 9\n-A OUTPUT -p tcp -j ACCEPT\nCOMMIT\n");
		const seen = see(host);
		expect(seen).toMatchObject({ status: 0, verdict: "in-sync" });
		expect(seen.foreignFirst).toEqual([
			{
				mode: "legacy",
				family: "ipv4",
				table: "nat",
				chain: "OUTPUT",
				hook: "output",
				position: 1,
				rule: "-p tcp -j REDIRECT --to-ports 9",
				comes: "first",
			},
		]);
		expect(seen.others).toMatchObject([{ mode: "legacy", family: "ipv4", rules: 2, programs: [] }]);
	});

	it("in a table of their own at our priority come before ours perhaps", () => {
		const host = hostWith("nftables");
		host.nftables.apply(
			"table inet istio {\nchain out {\ntype nat hook output priority -100; policy accept;\ntcp dport 1 redirect to :9\n}\n}\n",
		);
		const { foreignFirst, others } = see(host);
		expect(foreignFirst).toMatchObject([
			{ mode: "nftables", family: "inet", table: "istio", comes: "perhaps" },
		]);
		expect(others).toMatchObject([{ table: "istio", rules: 1, programs: ["Istio"] }]);
	});

	it("that are not understood are told word for word", () => {
		const host = hostWith();
		const rule = "-p tcp -m statistic --mode nth --every 2 --packet 0 -j REDIRECT --to-ports 5";
		host.natTable("legacy", "ipv6").restore(`*nat\n-A OUTPUT ${rule}\nCOMMIT\n`);
		expect(see(host).others).toMatchObject([{ rules: 1, notUnderstood: [rule] }]);
	});
});

describe("a family", () => {
	it("that lacks a rule which the other has is told so", () => {
		const host = hostWith("nft");
		const first =
			'-m owner --uid-owner 2102 -m comment --comment "proxy-init/ignore-proxy-user-id" -j RETURN';
		host.natTable("nft", "ipv6").restore(`*nat\n-D PROXY_INIT_OUTPUT ${first}\nCOMMIT\n`);
		expect(see(host)).toMatchObject({
			status: 2,
			drift: [{ mode: "nft", family: "ipv6", kind: "missing-rule", position: 1 }],
		});
		expect(see(host).drift[0].sentence).toContain(" is missing, which ipv4 has: ");
	});

	it("whose table cannot be read is unknown, and not missing", () => {
		const host = hostWith("legacy");
		host.uninstall("ip6tables-legacy-save");
		const seen = see(host);
		expect(seen).toMatchObject({ status: 69, verdict: "unknown", drift: [] });
		expect(seen.notRead).toEqual([
			{
				mode: "legacy",
				family: "ipv6",
				table: "nat",
				why: "ip6tables-legacy-save is not installed",
				code: "missing-tool",
			},
		]);
	});

	it("of which a rule stands twice is told of, which does no harm", () => {
		const host = hostWith();
		const twice = plan(policyFrom("-p 1 -o 2 -u 3 --uids-to-ignore 5,5 --ipv6=false"));
		backendOf("legacy").setUp(host, twice, options);
		expect(see(host).remarks).toEqual([
			"mode legacy has rules for IPv4 alone, which is right only if IPv6 was switched off",
			expect.stringMatching(/^legacy ipv4: chain PROXY_INIT_OUTPUT has this rule more than once/),
		]);
	});
});

it("the table for people has a line for each table of ours, and the differences below", () => {
	const host = hostWith("legacy");
	host.natTable("legacy", "ipv4").restore("*nat\n-F PROXY_INIT_REDIRECT\nCOMMIT\n");
	expect(runStatus(host, [])).toBe(2);
	const lines = host.output.join("").split("\n");
	expect(lines.slice(0, 3)).toEqual([
		"MODE    FAMILY  RULES  STATE",
		"legacy  ipv4    5      2 differences",
		"legacy  ipv6    7      in sync",
	]);
	expect(lines).toContain("Differences:");
});

describe("what a pod was given", () => {
	const uid = "0b1c2d3e-0000-4000-8000-00000000000a";
	const path = "/run/shunt/pods/shop_web-0.json";
	const stamped = (extra = flags) => formatStamp(policyFrom(extra));
	const pod = (annotations: object) =>
		JSON.stringify({ kind: "Pod", metadata: { name: "web-0", annotations } });

	it.each([
		["the pod", pod({ "shunt.dev/redirect": stamped() })],
		["its stamp", stamped()],
		[
			"the agent's file",
			formatPodFile(
				{ namespace: "shop", name: "web-0", uid },
				{ kind: "redirect", policy: policyFrom(flags) },
			),
		],
	])("is read from %s, and what differs from it is named", (_, text) => {
		const host = hostWith("nft");
		host.files.set("/tmp/pod.json", text);
		expect(see(host, "--policy", "/tmp/pod.json")).toMatchObject({
			status: 0,
			comparedWith: "stamp",
			stamp: "/tmp/pod.json",
			notRuledOut: [],
		});
		backendOf("nft").setUp(host, plan(policyFrom("-p 4143 -o 4140 -u 2102")), options);
		const seen = see(host, "--policy", "/tmp/pod.json");
		expect(seen).toMatchObject({ status: 2, verdict: "drift" });
		expect(seen.drift[0].sentence).toContain("to port 4190,4191");
		expect(see(host).verdict).toBe("in-sync");
	});

	it.each([
		[undefined, /--policy.*\/tmp\/pod.json.*is not there/],
		["[]", /--policy.*holds no JSON object/],
		[pod({}), /--policy.*has no annotation shunt.dev\/redirect.*give the flags/],
		['{"families":["ipv5"]}', /ipv5.*is not an address family/],
		["\ufffd\ufffd{\0}\0", /--policy: "\/tmp\/pod.json" is in UTF-16 \(want UTF-8: in PowerShell/],
	])("that cannot be read is a mistake of the input: %s", (text, message) => {
		const host = hostWith("nft");
		if (text !== undefined) {
			host.files.set("/tmp/pod.json", text);
		}
		expect(runStatus(host, ["--policy", "/tmp/pod.json"])).toBe(64);
		expect(host.logged.join("\n")).toMatch(message);
		expect(host.output).toEqual([]);
	});

	it("may begin with a byte order mark of UTF-8", () => {
		const host = hostWith("nft");
		host.files.set("/tmp/pod.json", `\ufeff${stamped()}`);
		expect(see(host, "--policy", "/tmp/pod.json")).toMatchObject({ status: 0, verdict: "in-sync" });
	});

	it("is a mistake of the input where standard input is not text", () => {
		const host = hostWith("nft");
		const stdin = () => {
			throw new HostError("invalid", "standard input: is not UTF-8: byte 0xe9 at offset 5 (line 1)");
		};
		expect(runStatus({ ...host, stdin }, ["--policy", "-"])).toBe(64);
		expect(host.logged.join("\n")).toContain(
			'--policy: "-" is not UTF-8: byte 0xe9 at offset 5 (line 1) (want',
		);
		expect(host.output).toEqual([]);
	});

	it("is said in flags or in a file, not both", () => {
		const host = hostWith("nft");
		expect(runStatus(host, ["--policy", "x", ...flags.split(" ")])).toBe(64);
		expect(host.logged.join("\n")).toContain("exclude each other");
	});

	it.each([
		["redirects", { kind: "redirect", policy: policyFrom(flags) }],
		["leaves to its init container", { kind: "leave", reason: "x", stamp: policyFrom(flags) }],
	] as const)("is what the agent wrote about a pod that it %s", (_, verdict) => {
		const host = hostWith("nft");
		host.files.set(path, formatPodFile({ namespace: "shop", name: "web-0", uid }, verdict));
		expect(agentsPolicy(host, uid)).toEqual({ policy: policyFrom(flags), by: { stamp: path } });
		expect(agentsPolicy(host, "another")).toBeUndefined();
	});
});
