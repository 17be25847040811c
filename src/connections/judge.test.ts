import { describe, expect, it } from "vitest";
import type { Condition, FoundRule } from "../rules/rule.ts";
import type { Ruleset } from "../rules/ruleset.ts";
import type { Candidates } from "./candidates.ts";
import type { Connection } from "./connection.ts";
import { Judge } from "./judge.ts";

const tcp: Condition = { kind: "protocol", protocols: ["tcp"] };

function rule(name: string, action: FoundRule["action"], ...conditions: Condition[]): FoundRule {
	return { text: name, comment: `proxy-init/${name}`, conditions, action };
}

const toProxy = { kind: "redirect", ports: { low: 4140, high: 4140 } } as const;

function rulesetOf(...rules: FoundRule[]): Ruleset {
	const base = { hook: "output", priority: -100, policy: "accept" } as const;
	const chains = [{ name: "OUTPUT", base, rules }];
	return { tables: [{ dialect: "nft", scope: "ipv4", name: "nat", chains }], gaps: [], unconfirmed: [] };
}

const ordinary = rulesetOf(
	rule("ignore-proxy-user-id", { kind: "return" }, { kind: "uid", ids: [{ low: 2102, high: 2102 }] }),
	rule("redirect-all-outgoing-to-proxy-port", toProxy, tcp),
);

const byInterface = rulesetOf(
	rule(
		"ignore-interface-net1",
		{ kind: "return" },
		{ kind: "out-interface", names: [{ name: "net1", isPrefix: false }] },
	),
	rule("redirect-all-outgoing-to-proxy-port", toProxy, tcp),
);

const candidates: Candidates = {
	loopback: "lo",
	interfaces: { in: ["eth0"], out: ["eth0"] },
	uids: [0, 2102],
	gids: [0],
	gidMatters: false,
	sourceMatters: false,
};

const [here, there] = ["\x0a\0\0\x02", "\x0a\0\0\x01"];

function outbound(wentTo: Connection["wentTo"], more: Partial<Connection> = {}): Connection {
	return {
		family: "ipv4",
		direction: "outbound",
		from: { address: here, port: 40_000 },
		to: { address: there, port: 80 },
		wentTo,
		isRedirected: wentTo !== undefined && wentTo.address === "\x7f\0\0\x01",
		isToLocal: false,
		state: "established",
		tracking: "whole",
		sender: undefined,
		receiver: undefined,
		...more,
	};
}

const straight = { address: there, port: 80 };
const redirected = (port: number) => ({ address: "\x7f\0\0\x01", port });
const application = { sender: { uid: 1000, inode: 1 } };

function judged(ruleset: Ruleset, connection: Connection, more: Partial<Candidates> = {}) {
	const judge = new Judge(ruleset, { ...candidates, ...more }, () => undefined);
	const { agrees, now, rule: decider, why } = judge.judge(connection);
	return { agrees, now: now?.fate.kind, rule: decider?.rule.text, why: why.length };
}

describe("a connection whose owner is known", () => {
	it("went as the rules would have it, or not", () => {
		const rule = "redirect-all-outgoing-to-proxy-port";
		const asNow = { agrees: true, now: "redirect", rule, why: 0 };
		expect(judged(ordinary, outbound(redirected(4140), application))).toEqual(asNow);
		expect(judged(ordinary, outbound(straight, application))).toEqual({ ...asNow, agrees: false });
		expect(judged(ordinary, outbound(redirected(5140), application))).toEqual({ ...asNow, agrees: false });
	});

	it("is not judged where it is not known where it went", () => {
		const rule = "redirect-all-outgoing-to-proxy-port";
		const notAsked = { agrees: undefined, now: "redirect", rule, why: 0 };
		expect(judged(ordinary, outbound(undefined, application))).toEqual(notAsked);
	});

	it("nor is what the rules would do known where they hang on its owner besides", () => {
		const nothing = { agrees: undefined, now: undefined, rule: undefined, why: 1 };
		expect(judged(ordinary, outbound(undefined))).toEqual(nothing);
	});
});

describe("a connection whose owner is gone", () => {
	it("is explained by the one rule that has it go where it went", () => {
		expect(judged(ordinary, outbound(straight))).toEqual({
			agrees: true,
			now: "pass",
			rule: "ignore-proxy-user-id",
			why: 0,
		});
		expect(judged(ordinary, outbound(redirected(4140)))).toMatchObject({ agrees: true, now: "redirect" });
	});

	it("went otherwise where no owner would have it go there", () => {
		expect(judged(ordinary, outbound(redirected(5140)))).toEqual({
			agrees: false,
			now: undefined,
			rule: undefined,
			why: 1,
		});
	});
});

describe("a rule that looks at an interface", () => {
	const both = { interfaces: { in: ["eth0"], out: ["eth0", "net1"] } };

	it("explains what went past, and is not taken for the one where both let it go", () => {
		expect(judged(byInterface, outbound(straight, application), both)).toMatchObject({
			agrees: true,
			rule: "ignore-interface-net1",
		});
		expect(judged(byInterface, outbound(straight, application))).toMatchObject({ agrees: false });
	});

	it("has nothing to do with what stays inside", () => {
		const inside = { ...application, isToLocal: true };
		expect(judged(byInterface, outbound(straight, inside), both)).toMatchObject({
			agrees: false,
			now: "redirect",
		});
	});
});

it("what rules could not be read leaves open is not known", () => {
	const why = "the program is missing";
	const gap = { dialect: "legacy", scope: "ipv4", table: "nat", why, code: "missing-tool" } as const;
	const found = judged({ ...ordinary, gaps: [gap] }, outbound(straight, application));
	expect(found).toEqual({ agrees: undefined, now: "unknown", rule: undefined, why: 1 });
});
