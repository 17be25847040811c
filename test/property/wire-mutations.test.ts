import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as iptablesNft from "../../src/backend/iptables/nft-batch.ts";
import { plan } from "../../src/rules/plan.ts";
import { readAnswer } from "../../src/wire/answers.ts";
import { attributesIn, messagesIn } from "../../src/wire/attributes.ts";
import { words } from "../../src/wire/bytes.ts";
import { readDump } from "../../src/wire/dump.ts";
import { natTable } from "../../src/wire/nat-tables.ts";
import { messageType } from "../../src/wire/nf-tables.ts";
import { chainOf, elementsOf, ruleOf, setOf, tableOf } from "../../src/wire/objects.ts";
import { readRule } from "../../src/wire/read-rule.ts";
import { readTables } from "../../src/wire/read-tables.ts";
import { readMatch } from "../../src/wire/xt-match.ts";
import { readTarget } from "../../src/wire/xt-target.ts";
import { policyFrom } from "../support/policies.ts";
import { foreignRecording, fromHex, replaying } from "../support/replayed-netlink.ts";
import { mutation, order, share, total } from "../support/spoilt-bytes.ts";

const recorded = foreignRecording();
const datagrams = Object.values(recorded).flat().map(fromHex);
const messages = datagrams.flatMap((bytes) =>
	(messagesIn(bytes, words.little) ?? []).map(({ type, start, end }) => ({
		type,
		bytes: bytes.slice(start, end),
	})),
);
const readers = { chainOf, ruleOf, setOf, tableOf, elementsOf };

it("there is something of each kind to spoil", () => {
	const types = new Set(messages.map(({ type }) => type));
	for (const wanted of ["newTable", "newChain", "newRule", "newSet", "newSetElements", "done"] as const) {
		expect(types, wanted).toContain(messageType[wanted]);
	}
});

describe(`of ${total} spoilt messages each is an answer or an error`, () => {
	it("objects and the rules in them", () => {
		const one = fc.constantFrom(...messages.map(({ bytes }) => bytes));
		const scope = fc.constantFrom("inet" as const, "ipv4" as const, "ipv6" as const);
		fc.assert(
			fc.property(one, mutation, order, scope, (bytes, spoil, of, where) => {
				const spoilt = spoil(bytes);
				const told = { bytes: spoilt, attributes: { start: 4, end: spoilt.length }, scope: where };
				for (const reader of Object.values(readers)) {
					const read = reader(told, of);
					expect(read === undefined || typeof read === "object").toBe(true);
				}
				const rule = ruleOf(told, of);
				if (rule !== undefined) {
					const around = { scope: where, sets: new Map(), order: words[of], isIptables: where !== "inet" };
					for (const { text, action } of readRule(rule, around)) {
						expect(typeof text).toBe("string");
						expect(action.kind).toMatch(/^[a-z]+$/);
					}
				}
			}),
			{ numRuns: share(0.6) },
		);
	});

	it("attributes always end inside of what holds them", () => {
		fc.assert(
			fc.property(fc.constantFrom(...datagrams), mutation, order, (bytes, spoil, of) => {
				const spoilt = spoil(bytes);
				for (const { start, end } of messagesIn(spoilt, words[of]) ?? []) {
					expect(end).toBeLessThanOrEqual(spoilt.length);
					for (const inner of attributesIn(spoilt, { start, end }, words[of]) ?? []) {
						expect(inner.start).toBeGreaterThan(start);
						expect(inner.end).toBeLessThanOrEqual(end);
					}
				}
			}),
			{ numRuns: share(0.05) },
		);
	});

	it("whole dumps, a part of them spoilt", () => {
		fc.assert(
			fc.property(mutation, fc.nat(), (spoil, which) => {
				let count = 0;
				const host = replaying(recorded, (bytes) => {
					count++;
					return count % 7 === which % 7 ? spoil(bytes) : bytes;
				});
				const read = readOrNobodyAsked(() => readTables(host, "little", () => true));
				if (read?.kind === "read") {
					for (const content of read.tables) {
						expect(natTable(content, "little")?.chains).toHaveLength(content.chains.length);
					}
				} else if (read !== undefined) {
					expect(read.why).not.toBe("");
				}
			}),
			{ numRuns: share(0.01) },
		);
	});

	it("dumps of one kind", () => {
		const types = fc.constantFrom(messageType.newRule, messageType.newChain, messageType.newSetElements);
		fc.assert(
			fc.property(fc.constantFrom(...datagrams), mutation, types, order, (bytes, spoil, type, of) => {
				expect(readDump([spoil(bytes), bytes], type, of).kind).toMatch(/^(?:told|torn|refused|unreadable)$/);
			}),
			{ numRuns: share(0.1) },
		);
	});

	it("answers to a batch", () => {
		const batch = iptablesNft.creation(plan(policyFrom("-p 1 -o 2")), { order: "little" });
		const { u32, message, attribute } = words.little;
		const report = (sequence: number, errno: number, more = "") =>
			message(
				{ type: messageType.error, flags: more === "" ? 0x100 : 0x300, sequence },
				`${u32(-errno)}${u32(20)}${"\0".repeat(8)}${u32(sequence)}${more}`.padEnd(20, "\0"),
			);
		const answer = report(1, 1) + report(5, 2, attribute(1, "why\0") + attribute(2, u32(20))) + report(9, 0);
		fc.assert(
			fc.property(mutation, order, (spoil, of) => {
				const read = readAnswer([spoil(answer)], batch, of);
				expect(read.kind).toMatch(/^(?:done|refused|unclear)$/);
			}),
			{ numRuns: share(0.1) },
		);
	});

	it("data of extensions", () => {
		const names = fc.constantFrom(
			"multiport",
			"owner",
			"tcp",
			"udp",
			"mark",
			"addrtype",
			"state",
			"conntrack",
			"iprange",
			"comment",
		);
		const targets = fc.constantFrom("REDIRECT", "DNAT", "MARK", "LOG", "other");
		const data = fc
			.oneof(
				fc.constantFrom(8, 9, 12, 16, 18, 24, 32, 40, 42, 48, 65, 72, 152, 156, 160, 164, 168, 256),
				fc.nat(300),
			)
			.chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));
		fc.assert(
			fc.property(names, targets, fc.nat(3), data, order, (match, target, revision, bytes, of) => {
				const extension = { revision, data: Buffer.from(bytes).toString("latin1") };
				for (const family of ["ipv4", "ipv6"] as const) {
					const wanted = readMatch({ ...extension, name: match }, family, words[of]);
					expect(wanted.words).toMatch(new RegExp(`^-m ${match}`));
					const read = readTarget({ ...extension, name: target }, family, words[of]);
					expect(read.words).toMatch(new RegExp(`^-j ${target}`));
				}
			}),
			{ numRuns: share(0.14) },
		);
	});
});

/** A name that was spoilt leads to a question that nobody had asked. */
function readOrNobodyAsked<T>(act: () => T): T | undefined {
	try {
		return act();
	} catch (error) {
		if (error instanceof Error && error.message === "nobody asked that when it was recorded") {
			return undefined;
		}
		throw error;
	}
}
