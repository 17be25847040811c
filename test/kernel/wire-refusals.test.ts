import { describe, expect, it } from "vitest";
import * as iptablesNft from "../../src/backend/iptables/nft-batch.ts";
import * as nftables from "../../src/backend/nftables/kernel-batch.ts";
import type { Plan } from "../../src/rules/plan.ts";
import { plan } from "../../src/rules/plan.ts";
import { type Answer, readAnswer, subjectOf } from "../../src/wire/answers.ts";
import { type Batch, type BatchOptions, makeBatch, type Step } from "../../src/wire/batch.ts";
import { cString, words } from "../../src/wire/bytes.ts";
import { expressions } from "../../src/wire/expressions.ts";
import { flag, messageType, metaKey, ruleField } from "../../src/wire/nf-tables.ts";
import { readTables } from "../../src/wire/read-tables.ts";
import { netlinkInside } from "../support/netlink-inside.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { policyFrom } from "../support/policies.ts";

const order = "little";
const one = plan(policyFrom("-p 4143 -o 4140 -u 2102 --inbound-ports-to-ignore 25,80-90"));
const other = plan(policyFrom("-p 15006 -o 15001 -u 1337"));

function send(netns: Netns, batch: Batch, bytes = batch.bytes): Answer {
	const datagrams = netlinkInside(netns).netlink(bytes);
	if ("name" in datagrams) {
		throw new Error(datagrams.name);
	}
	return readAnswer(datagrams, batch, order);
}

function ruleset(netns: Netns): string {
	return netns.run("nft", ["list", "ruleset"]);
}

const dialects = [
	{
		name: "nftables",
		creation: (wanted: Plan, options: BatchOptions) =>
			nftables.creation(wanted, { counters: false }, options),
		probe: (options: BatchOptions) => nftables.probe(options),
	},
	{
		name: "iptables-nft",
		creation: iptablesNft.creation,
		probe: (options: BatchOptions) => iptablesNft.probe(["ipv4", "ipv6"], 2102, options),
	},
];

describe.each(dialects)("in the dialect of $name", ({ creation, probe }) => {
	it("of several that create exactly one wins, and the rules are its own", () =>
		withNetns("wire", (netns) => {
			const [first, ...rest] = [one, other, one, other].map((wanted) =>
				send(netns, creation(wanted, { order })),
			);
			expect(first).toEqual({ kind: "done" });
			const before = ruleset(netns);
			expect(before).toContain("4143");
			for (const answer of rest) {
				expect(answer.kind === "refused" ? answer.errors[0]?.errno : answer).toBe(17);
			}
			expect(ruleset(netns)).toBe(before);
		}));

	it("a dry run is looked at and leaves nothing", () =>
		withNetns("wire", (netns) => {
			expect(send(netns, probe({ order }))).toEqual({ kind: "done" });
			expect(send(netns, creation(one, { order, withoutEnd: true }))).toEqual({ kind: "done" });
			expect(ruleset(netns)).toBe("");
		}));

	it("a dry run says what a real one would", () =>
		withNetns("wire", (netns) => {
			send(netns, creation(one, { order }));
			const [dry, real] = [true, undefined].map((withoutEnd) =>
				send(netns, creation(one, { order, withoutEnd })),
			);
			expect(dry).toEqual(real);
		}));

	it("a batch that is cut short leaves nothing, and where the last change is cut nobody says done", () =>
		withNetns("wire", (netns) => {
			const batch = creation(one, { order });
			for (const missing of [1, 4, 20, 21, 60]) {
				const { kind } = send(netns, batch, batch.bytes.slice(0, -missing));
				// Without the end, which is 20 bytes long, the kernel acknowledges what it then undoes: that all was sent is for the
				// sender to know. Where a length says more than there is, it says nothing.
				expect(kind).toBe(missing === 20 ? "done" : "unclear");
				expect(ruleset(netns)).toBe("");
			}
		}));

	it("a number of the generation that is past is refused, and leaves all as it was", () =>
		withNetns("wire", (netns) => {
			const reading = readTables(netlinkInside(netns), order, () => true);
			const generation = reading.kind === "read" ? reading.generation : 0;
			netns.run("nft", ["add", "table", "inet", "someone"]);
			const before = ruleset(netns);
			const answer = send(netns, creation(one, { order, generation }));
			expect(answer).toMatchObject({ kind: "refused", errors: [{ sequence: 1, errno: 85 }] });
			expect(ruleset(netns)).toBe(before);
			const now = readTables(netlinkInside(netns), order, () => true);
			expect(
				send(netns, creation(one, { order, generation: now.kind === "read" ? now.generation : 0 })),
			).toEqual({
				kind: "done",
			});
		}));
});

describe("a batch with something that the kernel does not take", () => {
	const { attribute, nest } = words[order];
	const ruleIn = (chain: string, content: string): Step => ({
		type: messageType.newRule,
		flags: flag.create | flag.append,
		scope: "ipv4",
		attributes:
			attribute(ruleField.table, cString("nat")) +
			attribute(ruleField.chain, cString(chain)) +
			nest(ruleField.expressions, content),
		about: `the rule in ${chain}`,
	});
	const chain: Step = {
		type: messageType.newChain,
		flags: flag.create,
		scope: "ipv4",
		attributes: attribute(1, cString("nat")) + attribute(3, cString("CHAIN")),
		about: "the chain",
	};
	const table: Step = {
		type: messageType.newTable,
		flags: flag.create,
		scope: "ipv4",
		attributes: attribute(1, cString("nat")),
		about: "the table",
	};
	const { meta, verdictReturn, match } = expressions(words[order]);

	it.each([
		["a rule in no chain", ruleIn("NONE", verdictReturn), 2],
		["an extension that nobody has", ruleIn("CHAIN", match({ name: "nobodys", revision: 7, data: "\0" })), 2],
		["a key that there is not", ruleIn("CHAIN", meta(metaKey.mark + 200)), 95],
	])("is refused whole, and the answer names it: %s", (_, step, errno) =>
		withNetns("wire", (netns) => {
			const batch = makeBatch([table, chain, ruleIn("CHAIN", verdictReturn), step], { order });
			const answer = send(netns, batch);
			expect(answer.kind).toBe("refused");
			const errors = answer.kind === "refused" ? answer.errors : [];
			expect(errors.map((error) => [error.errno, subjectOf(error, batch)])).toEqual([[errno, step.about]]);
			expect(errors[0]?.offset).toBeGreaterThanOrEqual(20);
			expect(ruleset(netns)).toBe("");
		}),
	);

	it("is refused with every fault, each under its own message's name", () =>
		withNetns("wire", (netns) => {
			const steps = [table, ruleIn("ONE", verdictReturn), ruleIn("TWO", verdictReturn)];
			const batch = makeBatch(steps, { order });
			const answer = send(netns, batch);
			const subjects = answer.kind === "refused" ? answer.errors.map((error) => subjectOf(error, batch)) : [];
			expect(subjects).toEqual(["the rule in ONE", "the rule in TWO"]);
		}));
});
