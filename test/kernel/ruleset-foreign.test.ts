import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAddress } from "../../src/domain/cidr.ts";
import type { NatPacket } from "../../src/rules/match.ts";
import { traverse } from "../../src/rules/traverse.ts";
import { dialects, restore, toolOf } from "../support/dialect.ts";
import { rulesetTold } from "../support/inside-netns.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { rulesetPrinted } from "../support/printed-rules.ts";

/**
 * Rules of a kind that others write, in chains that lead to each other. A kernel counts the packets that each rule
 * matched, so what really happened to a connection can be read from it, rule by rule.
 */
const not = fc.constantFrom("", "! ");
const match = fc.oneof(
	fc.tuple(not, fc.constantFrom("tcp", "udp")).map(([no, protocol]) => `${no}-p ${protocol}`),
	fc
		.tuple(not, fc.constantFrom("80", "81", "80:85", "1:65535"))
		.map(([no, ports]) => `-p tcp -m tcp ${no}--dport ${ports}`),
	fc
		.tuple(not, fc.constantFrom("80,443", "81:90,22"))
		.map(([no, ports]) => `-p tcp -m multiport ${no}--dports ${ports}`),
	fc.tuple(not, fc.constantFrom("lo", "l+", "eth+", "eth0")).map(([no, name]) => `${no}-o ${name}`),
	fc
		.tuple(not, fc.constantFrom("127.0.0.1/32", "127.0.0.0/8", "10.0.0.0/8"))
		.map(([no, to]) => `${no}-d ${to}`),
	fc.tuple(not, fc.constantFrom("127.0.0.1/32", "192.0.2.0/24")).map(([no, from]) => `${no}-s ${from}`),
	fc
		.tuple(not, fc.constantFrom("0", "1000", "1-999", "1000-2000"))
		.map(([no, uid]) => `-m owner ${no}--uid-owner ${uid}`),
	fc.tuple(not, fc.constantFrom("0", "1000")).map(([no, gid]) => `-m owner ${no}--gid-owner ${gid}`),
	not.map((no) => `-m addrtype ${no}--dst-type LOCAL`),
	fc
		.tuple(not, fc.constantFrom("NEW", "ESTABLISHED"))
		.map(([no, state]) => `-m conntrack ${no}--ctstate ${state}`),
	fc.constant("-m iprange --dst-range 127.0.0.1-127.0.0.2"),
	fc.constant('-m comment --comment "-j ACCEPT"'),
);

const target = fc.oneof(
	{ weight: 3, arbitrary: fc.constantFrom("-j RETURN", "-j ACCEPT", "", "-j MARK --set-mark 1") },
	{
		weight: 3,
		arbitrary: fc.constantFrom(
			"-p tcp -j REDIRECT --to-ports 9",
			"-p tcp -j DNAT --to-destination 127.0.0.3:9",
		),
	},
);

/** A match of a kind may stand in a rule once. */
const rule = (targets: fc.Arbitrary<string>) =>
	fc
		.tuple(
			fc.uniqueArray(match, {
				maxLength: 2,
				selector: (text) => text.replace(/! |(?<=-m \w+).*|(?<=-\w).*/g, ""),
			}),
			targets,
		)
		.map(([matches, does]) => `${matches.join(" ")} ${does}`.trim())
		.filter((text) => (text.match(/-p /g) ?? []).length <= 1 && !/! -p \w+ .*-m (?:tcp|multiport)/.test(text))
		.filter((text) => !/REDIRECT|DNAT/.test(text) || text.includes("-p tcp"));

const chains = ["OUTPUT", "ONE", "TWO", "THREE"] as const;

/** Each chain leads only to later ones, since a kernel takes no circles. */
const rules = fc
	.tuple(
		...chains.map((chain, index) => {
			const later = chains.slice(index + 1).flatMap((name) => [`-j ${name}`, `-g ${name}`]);
			const all = later.length === 0 ? target : fc.oneof(target, fc.constantFrom(...later));
			return fc
				.array(rule(all), { minLength: 2, maxLength: 6 })
				.map((texts) => texts.map((text) => `-A ${chain} ${text}`));
		}),
	)
	.map((lines) => lines.flat())
	// Without a rule that needs it, connections are not tracked, and then the nat tables are not asked at all.
	.filter((lines) => lines.some((line) => /REDIRECT|DNAT/.test(line)));

const connections = [
	{ to: "127.0.0.1", port: 80, uid: 0 },
	{ to: "127.0.0.1", port: 81, uid: 1000 },
	{ to: "127.0.0.2", port: 443, uid: 1000 },
	{ to: "127.0.0.9", port: 90, uid: 1 },
] as const;

describe.each(dialects)("rules of others in %s", (dialect) => {
	it("match the packets that the kernel says they matched, as tools print them and as the kernel tells them", () =>
		withNetns("ruleset", (netns) => {
			for (const lines of fc.sample(rules, { numRuns: 25, seed: 7 })) {
				netns.run(toolOf(dialect, "ipv4", "restore"), dialect === "legacy" ? ["-w"] : [], "*nat\nCOMMIT\n");
				restore(netns, dialect, "ipv4", [":ONE - [0:0]", ":TWO - [0:0]", ":THREE - [0:0]", ...lines]);
				for (const connection of connections) {
					netns.run(dialect === "legacy" ? "iptables-legacy" : "iptables-nft", ["-t", "nat", "-Z"]);
					const uid = `${connection.uid}`;
					const dial = `exec 2>/dev/null; </dev/tcp/${connection.to}/${connection.port}`;
					netns.try("setpriv", ["--reuid", uid, "--regid", uid, "--clear-groups", "bash", "-c", dial]);
					const text = netns.run(toolOf(dialect, "ipv4", "save"), ["-t", "nat"]);
					const printed = rulesetPrinted({ saved: [{ dialect, family: "ipv4", text }], gaps: [] });
					const really = counted(netns, dialect);
					for (const ruleset of [printed, rulesetTold(netns)]) {
						const { steps, fate } = traverse(ruleset, packetOf(connection));
						expect(fate.kind).not.toBe("unknown");
						const matched = steps
							.filter((step) => step.matched === "yes")
							.map((step) => `${step.chain} ${step.position}`);
						expect(matched.sort(), `${lines.join("\n")}\n${JSON.stringify(connection)}`).toEqual(really);
					}
				}
			}
		}));
});

function packetOf({ to, port, uid }: (typeof connections)[number]): NatPacket {
	const address = (text: string) => parseAddress(text) as NatPacket["source"];
	return {
		hook: "output",
		family: "ipv4",
		protocol: "tcp",
		// The preferred source of the route to 127.0.0.0/8.
		source: address("127.0.0.1"),
		destination: address(to),
		destinationPort: port,
		interface: "lo",
		uid,
		gid: uid,
	};
}

/** The rules, by chain and position, as often as they have matched since the counters were set to zero. */
function counted(netns: Netns, dialect: (typeof dialects)[number]): string[] {
	const seen = new Map<string, number>();
	const found: string[] = [];
	for (const [, packets, chain = ""] of netns
		.run(toolOf(dialect, "ipv4", "save"), ["-c", "-t", "nat"])
		.matchAll(/^\[(\d+):\d+\] -A (\S+)/gm)) {
		const position = (seen.get(chain) ?? 0) + 1;
		seen.set(chain, position);
		found.push(...new Array<string>(Number(packets)).fill(`${chain} ${position}`));
	}
	return found.sort();
}
