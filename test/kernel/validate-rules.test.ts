import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Family, families } from "../../src/domain/family.ts";
import { rulesOf, ValidatedPod, withValidatedPod } from "../support/validated-pod.ts";

const policy = [
	...["-p", "4143", "-o", "4140", "--proxy-uid", "2102", "--proxy-gid", "2103"],
	...["--inbound-ports-to-ignore", "4190,4191,8000-8010", "--outbound-ports-to-ignore", "4567,9000-9010"],
];

/** In the order in which they stand in their chains. */
const outbound = [
	"proxy-init/ignore-proxy-user-id",
	"proxy-init/ignore-proxy-group-id",
	"proxy-init/ignore-loopback",
	"proxy-init/ignore-port-4567,9000:9010",
	"proxy-init/redirect-all-outgoing-to-proxy-port",
];
const inbound = [
	"proxy-init/ignore-port-4190,4191,8000:8010",
	"proxy-init/redirect-all-incoming-to-proxy-port",
];
const everything = families
	.flatMap((family) => [
		...inbound.map((rule) => `inbound ${family} ${rule}`),
		...outbound.map((rule) => `outbound ${family} ${rule}`),
	])
	.sort();

const everyRule = [
	...outbound.map((rule, index) => ({ hook: "OUTPUT", direction: "outbound", rule, index })),
	...inbound.map((rule, index) => ({ hook: "REDIRECT", direction: "inbound", rule, index })),
];

describe.each(["legacy", "nft", "nftables"])("in mode %s", (mode) => {
	let world: ValidatedPod;

	// Each in a pod of its own: the kernel remembers connections that passed when the rules were others.
	beforeEach(() => {
		world = new ValidatedPod();
	});

	afterEach(() => world.remove());

	it("all rules of both families are proven", () => {
		world.init(mode, policy);
		const { status, stderr, proofs } = world.validate([...policy, "--require", "all"]);
		expect(stderr).toContain('msg="Validated"');
		expect(status).toBe(0);
		expect(rulesOf(proofs, "proven")).toEqual(everything);
		expect(proofs.filter(({ outcome }) => outcome !== "proven")).toEqual([]);
		// And nothing is left behind.
		expect(world.pod.run("ip", ["-o", "link"]).trim().split("\n")).toHaveLength(2);
	});

	for (const { hook, direction, rule, index } of everyRule) {
		it.each(mode === "nftables" ? ["both"] : families)(
			`without ${direction} ${rule}, %s: 95, and this rule is named`,
			(family) => {
				world.init(mode, policy);
				remove(world, mode, { family, hook, index });
				const { status, stderr, proofs } = world.validate(policy);
				expect(status).toBe(95);
				const lost = families.filter((each) => family === "both" || each === family);
				expect(rulesOf(proofs, "failed")).toEqual(lost.map((each) => `${direction} ${each} ${rule}`));
				expect(stderr).toMatch(new RegExp(`level=error msg="${direction} .*${rule.replace(/[+]/g, "\\$&")}`));
				expect(stderr).not.toContain("Validated");
				const untouched = everything.filter((one) => !lost.some((each) => one.includes(` ${each} `)));
				expect(rulesOf(proofs, "proven")).toEqual(expect.arrayContaining(untouched));
			},
		);
	}

	it("rules for another port are not taken for these", () => {
		world.init(
			mode,
			policy.map((word) => (word === "4140" ? "15001" : word)),
		);
		const { status, proofs, errors } = world.validate(policy);
		expect(status).toBe(95);
		expect(rulesOf(proofs, "failed")).toEqual(
			families.map((family) => `outbound ${family} proxy-init/redirect-all-outgoing-to-proxy-port`),
		);
		expect(errors[0]).toMatch(
			/^outbound ipv4: .* was not redirected to 4140 \(the answer was ECONNREFUSED\)/,
		);
	});

	it("the two directions are not taken for each other", () => {
		world.init(mode, ["-p", "4140", "-o", "4143", ...policy.slice(4)]);
		const { status, errors } = world.validate(policy);
		expect(status).toBe(95);
		for (const [direction, wrong, right] of [
			["outbound", 4143, 4140],
			["inbound", 4140, 4143],
		]) {
			expect(errors.join("\n")).toMatch(
				new RegExp(`${direction} ipv6: .* was redirected to ${wrong} instead of ${right}`),
			);
		}
	});
});

describe.each(["legacy", "nft"] as const)("in mode %s", (mode) => {
	it.each([
		["OUTPUT", "outbound", "proxy-init/install-proxy-init-output"],
		["PREROUTING", "inbound", "proxy-init/install-proxy-init-prerouting"],
	])("without the jump from %s: 95, and the jump is named", (hook, direction, jump) =>
		withValidatedPod((world) => {
			world.init(mode, policy);
			world.pod.run(`ip6tables-${mode}`, ["-t", "nat", "-D", hook, "1"]);
			const { status, errors } = world.validate(policy);
			expect(status).toBe(95);
			expect(errors).toEqual([expect.stringMatching(new RegExp(`^${direction} ipv6: .*${jump}`))]);
		}),
	);

	it("a rule that comes first is noticed", () =>
		withValidatedPod((world) => {
			world.init(mode, policy);
			const early = ["-t", "nat", "-I", "OUTPUT", "-p", "tcp", "--dport", "4567", "-j", "REDIRECT"];
			world.pod.run(`iptables-${mode}`, [...early, "--to-ports", "4140"]);
			const { status, errors } = world.validate(policy);
			expect(status).toBe(95);
			expect(errors).toEqual([
				expect.stringMatching(
					/^outbound ipv4: .* port 4567 was redirected to 4140: rule proxy-init\/ignore-port-4567/,
				),
			]);
		}));
});

it("without any rules nothing passes for being exempt: 95, and all redirects are named", () =>
	withValidatedPod((world) => {
		const { status, proofs } = world.validate(policy);
		expect(status).toBe(95);
		expect(rulesOf(proofs, "proven")).toEqual([]);
		expect(rulesOf(proofs, "failed")).toEqual([
			...families.map((family) => `inbound ${family} proxy-init/redirect-all-incoming-to-proxy-port`),
			...families.map((family) => `outbound ${family} proxy-init/redirect-all-outgoing-to-proxy-port`),
		]);
	}));

/** Takes out one rule, by its place, as somebody with iptables or nft would. */
function remove(
	{ pod }: ValidatedPod,
	mode: string,
	{ family, hook, index }: { family: Family | "both" | string; hook: string; index: number },
): void {
	if (mode !== "nftables") {
		const tool = `${family === "ipv4" ? "iptables" : "ip6tables"}-${mode}`;
		pod.run(tool, ["-t", "nat", "-D", `PROXY_INIT_${hook}`, `${index + 1}`]);
		return;
	}
	const chain = hook === "OUTPUT" ? "output" : "prerouting";
	const listed = pod.run("nft", ["-a", "list", "chain", "inet", "shunt", chain]);
	const handle = [...listed.matchAll(/comment "proxy-init.* # handle (\d+)$/gm)][index]?.[1];
	pod.run("nft", ["delete", "rule", "inet", "shunt", chain, "handle", `${handle}`]);
}
