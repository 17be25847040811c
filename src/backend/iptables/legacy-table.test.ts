import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { policy } from "../../../test/support/arbitraries.ts";
import { freshIpTable } from "../../../test/support/fresh-ip-table.ts";
import { namedPolicies } from "../../../test/support/named-policies.ts";
import { policyFrom } from "../../../test/support/policies.ts";
import { type Family, families } from "../../domain/family.ts";
import { plan } from "../../rules/plan.ts";
import { buildEntries, replaceRequest, restoreCounters } from "../../wire/build-ip-table.ts";
import { type ByteOrder, type Words, words, zeros } from "../../wire/bytes.ts";
import { extensionBytes, type IpTable, layouts } from "../../wire/ip-table.ts";
import { natTableOf } from "../../wire/ip-words.ts";
import { readIpTable } from "../../wire/read-ip-table.ts";
import { driftOfState } from "./drift.ts";
import { isSameTable, standsAsSent, withOursOf, withoutOurs, withPlan } from "./legacy-chains.ts";
import { ownStateOf, wantedState } from "./own-state.ts";
import { readTable } from "./read.ts";

const little = words.little;
const orders: readonly ByteOrder[] = ["little", "big"];

/** What is read of a table that is built, which has to be one. */
function readBack(table: IpTable, order: Words = little): IpTable {
	const { info, entries } = buildEntries(table, order);
	const read = readIpTable(table.family, info, entries, order);
	if ("why" in read) {
		throw new Error(read.why);
	}
	return read;
}

/** The same where every entry has counted: struct xt_counters is the last of an entry's header. */
function withCounters(entries: string, family: Family, { u16At }: Words): string {
	const { offsets, header } = layouts[family];
	let counted = "";
	for (let at = 0; at < entries.length; ) {
		const end = at + u16At(entries, at + offsets + 2);
		counted += `${entries.slice(at, at + header - 16)}${"\x07".repeat(16)}${entries.slice(at + header, end)}`;
		at = end;
	}
	return counted;
}

/** Without where rules were in the table that was read. */
function meaning(table: IpTable): unknown {
	return JSON.parse(
		JSON.stringify(table, (key, value) => (/^(?:entry|endEntry)$/.test(key) ? undefined : value)),
	);
}

/**
 * What iptables-legacy-restore and ip6tables-legacy-restore 1.8.9 gave the kernel (struct ipt_replace and ip6t_replace,
 * by `strace -xx -s 1000000 -e trace=setsockopt`) for the named policies in a fresh namespace on x86-64, deflated, with
 * the pointer to the counters set to 0.
 */
const recorded: Record<string, Partial<Record<Family, string>>> = JSON.parse(
	readFileSync(new URL("../../../test/vectors/legacy-replacements.json", import.meta.url), "utf8"),
);

describe("a fresh table with a plan's rules", () => {
	it.each(
		Object.entries(recorded).flatMap(([name, byFamily]) =>
			Object.entries(byFamily).map(([family, bytes]) => [name, family as Family, bytes] as const),
		),
	)("has the bytes that iptables makes: %s, %s", (name, family, bytes) => {
		const theirs = inflateRawSync(Buffer.from(bytes, "base64"));
		const wanted = withPlan(freshIpTable(family), plan(policyFrom(namedPolicies[name] ?? "")), little);
		const ours = replaceRequest(buildEntries(wanted, little), 5, little);
		expect(Buffer.from(ours, "latin1").toString("hex")).toBe(theirs.toString("hex"));
	});

	it("is recorded for every named policy", () => {
		expect(Object.keys(recorded)).toEqual(Object.keys(namedPolicies));
		expect(Object.keys(recorded["ipv4-alone"] ?? {})).toEqual(["ipv4"]);
	});

	it.each(orders)("is read as the plan, word for word, in %s-endian bytes", (name) => {
		const order = words[name];
		fc.assert(
			fc.property(policy, (of) => {
				const wanted = plan(of);
				for (const family of of.families) {
					const built = withPlan(freshIpTable(family), wanted, order);
					const read = readBack(built, order);
					expect(meaning(read)).toEqual(meaning(built));
					expect(isSameTable(read, withPlan(read, wanted, order))).toBe(true);
					expect(isSameTable(read, freshIpTable(family))).toBe(false);
					const { chains } = natTableOf(read, order);
					const own = ownStateOf(chains);
					const state = wantedState(wanted, family);
					expect(new Map(own.chains.map((chain) => [chain.name, chain.rules]))).toEqual(
						new Map(state.chains.map((chain) => [chain.name, chain.rules])),
					);
					expect(driftOfState(wanted, family, own)).toEqual([]);
				}
			}),
			{ numRuns: 100 },
		);
	});

	it.each(orders)("stands as it was sent, whatever it has counted, in %s-endian bytes", (name) => {
		const order = words[name];
		const other = plan(policyFrom("-p 4143 -o 4140 -u 7"));
		fc.assert(
			fc.property(policy, (of) => {
				const wanted = plan(of);
				for (const family of of.families) {
					const { info, entries } = buildEntries(withPlan(freshIpTable(family), wanted, order), order);
					const counted = withCounters(entries, family, order);
					expect(counted).not.toBe(entries);
					expect(standsAsSent({ family, info, entries: counted }, wanted, order)).toBe(true);
					expect(standsAsSent({ family, info, entries }, other, order)).toBe(false);
				}
			}),
			{ numRuns: 50 },
		);
	});

	it("is looked at closely where it holds anything else, has nothing of ours, or one byte differs", () => {
		const wanted = plan(policyFrom("-p 4143 -o 4140 -u 2102"));
		const stands = (table: IpTable, mangle = (bytes: string) => bytes) => {
			const { info, entries } = buildEntries(table, little);
			return standsAsSent({ family: table.family, info, entries: mangle(entries) }, wanted, little);
		};
		const ours = withPlan(freshIpTable("ipv4"), wanted, little);
		expect(stands(ours)).toBe(true);
		expect(stands(freshIpTable("ipv4"))).toBe(false);
		expect(stands(withPlan(freshIpTable("ipv4", "drop"), wanted, little))).toBe(false);
		expect(stands({ ...ours, chains: [...ours.chains, { name: "ZZZ", rules: [] }] })).toBe(false);
		const [first, ...others] = ours.chains;
		const accept = { packet: zeros(84), matches: "", target: { kind: "accept" } } as const;
		const withOneMore = { ...first!, rules: [accept, ...first!.rules] };
		expect(stands({ ...ours, chains: [withOneMore, ...others] })).toBe(false);
		expect(stands(ours, (bytes) => `\x01${bytes.slice(1)}`)).toBe(false);
		expect(stands(ours, (bytes) => `${bytes.slice(0, -1)}\x01`)).toBe(false);
	});

	it("means what its text means", () => {
		fc.assert(
			fc.property(policy, (of) => {
				for (const family of of.families) {
					const read = natTableOf(readBack(withPlan(freshIpTable(family), plan(of), little)), little);
					const saved = [
						...read.chains.map(({ name }) => `:${name} ${name.startsWith("PROXY") ? "-" : "ACCEPT"} [0:0]`),
						...read.chains.flatMap(({ name, rules }) => rules.map(({ text }) => `-A ${name} ${text}`)),
					];
					expect(withoutSpelling(read)).toEqual(
						withoutSpelling(readTable(saved.join("\n"), "legacy", family)),
					);
				}
			}),
			{ numRuns: 100 },
		);
	});
});

/** A subnet's text is as somebody wrote it. */
function withoutSpelling(value: unknown): unknown {
	return JSON.parse(
		JSON.stringify(value, (_, each) =>
			typeof each === "object" && each !== null && "prefix" in each ? { ...each, text: "" } : each,
		),
	);
}

const some = plan(policyFrom("-p 4143 -o 4140 -u 2102 --inbound-ports-to-ignore 4190"));
const other = plan(policyFrom("-p 1 -o 2 -g 3"));

describe("somebody else's rules", () => {
	const accept = (name: string) => ({
		packet: zeros(84),
		matches: extensionBytes({ name, revision: 3, data: "\x01\x02\x03\x04\x05\x06\x07\x08" }, little),
		target: { kind: "accept" } as const,
	});
	const jump = (chain: string) => ({
		packet: zeros(84),
		matches: "",
		target: { kind: "jump", chain } as const,
	});
	const foreign: IpTable = {
		family: "ipv4",
		chains: [
			...freshIpTable("ipv4", "drop").chains.map((chain) => ({
				...chain,
				rules: [
					accept(chain.name),
					jump("Z"),
					{ packet: zeros(84), matches: "", target: { kind: "next" } as const },
				],
			})),
			{ name: "A", rules: [accept("a"), jump("Z")] },
			{ name: "QUEUES", rules: [{ packet: zeros(84), matches: "", target: { kind: "queue" } as const }] },
			{ name: "Z", rules: [] },
		],
	};

	it("stay as they are around a plan, and when it goes", () => {
		const read = readBack(foreign);
		const held = readBack(withPlan(read, some, little));
		expect(held.chains.map(({ name }) => name)).toEqual([
			"PREROUTING",
			"INPUT",
			"OUTPUT",
			"POSTROUTING",
			"A",
			"PROXY_INIT_OUTPUT",
			"PROXY_INIT_REDIRECT",
			"QUEUES",
			"Z",
		]);
		expect(held.chains[0]?.rules.map(({ target }) => target)).toEqual([
			{ kind: "accept" },
			{ kind: "jump", chain: "Z" },
			{ kind: "next" },
			{ kind: "jump", chain: "PROXY_INIT_REDIRECT" },
		]);
		expect(meaning(withoutOurs(held))).toEqual(meaning(foreign));
		expect(meaning(readBack(withPlan(held, other, little)))).toEqual(
			meaning(readBack(withPlan(read, other, little))),
		);
	});

	it("keep what they counted, wherever they come to stand", () => {
		const read = readBack(foreign);
		const built = buildEntries(withPlan(read, some, little), little);
		const old = Array.from({ length: buildEntries(foreign, little).info.entryCount }, (_, index) =>
			String.fromCharCode(index + 1).padEnd(16, "\0"),
		);
		const request = restoreCounters(built, old.join(""), little) ?? "";
		expect(little.u32At(request, 32)).toBe(built.info.entryCount);
		const counters = request.slice(40).match(/[\s\S]{16}/g) ?? [];
		expect(counters).toHaveLength(built.info.entryCount);
		const kept = counters.filter((counter) => counter !== zeros(16));
		// All but the names in front of three chains, and the last one.
		const heads = buildEntries(foreign, little).origins.flatMap((_, index) =>
			read.chains.some(
				({ endEntry, rules }) => endEntry === index || rules.some(({ entry }) => entry === index),
			)
				? []
				: [index],
		);
		expect(heads).toHaveLength(4);
		expect(kept).toEqual(old.filter((_, index) => !heads.includes(index)));
		expect(restoreCounters(built, zeros(16 * old.length), little)).toBeUndefined();
	});

	it("keep their places when our part is put back", () => {
		const first = withPlan(readBack(foreign), some, little);
		const [prerouting, ...rest] = first.chains;
		const moved: IpTable = {
			family: "ipv4",
			chains: [{ ...prerouting!, rules: prerouting!.rules.toReversed() }, ...rest],
		};
		const replaced = readBack(withPlan(moved, other, little));
		expect(meaning(withOursOf(replaced, moved))).toEqual(meaning(moved));
		expect(meaning(withOursOf(replaced, foreign))).toEqual(meaning(withoutOurs(moved)));
	});
});

/** The whole is 100,000; a beginning of it is enough for whoever is at work on something. */
const mutations = Number(process.env["SHUNT_MUTATED_TABLES"] ?? "4000");

describe("a table that is not what it should be", () => {
	const tables = families.flatMap((family) =>
		[some, other].map((wanted) => buildEntries(withPlan(freshIpTable(family), wanted, little), little)),
	);

	it("is an answer or a reason, and never another table than it was", () => {
		let understood = 0;
		const random = fc.sample(fc.tuple(fc.nat(), fc.nat(), fc.nat(255), fc.nat(3)), {
			numRuns: mutations,
			seed: 20_261_130,
		});
		for (const [index, [where, , byte, kind]] of random.entries()) {
			const family = families[index % 4 < 2 ? 0 : 1] ?? "ipv4";
			const { info, entries } = tables[index % 4]!;
			const at = where % entries.length;
			const mutated =
				kind === 0
					? entries.slice(0, at)
					: kind === 1
						? entries.slice(0, at) + entries.slice(at + 8 * (1 + (byte & 3)))
						: entries.slice(0, at) + String.fromCharCode(byte) + entries.slice(at + 1);
			const read = readIpTable(family, { ...info, size: mutated.length }, mutated, little);
			if (!("why" in read)) {
				understood++;
				const again = buildEntries(read, little);
				expect(again.info.size).toBe(mutated.length);
				expect(natTableOf(read, little).chains.length).toBe(read.chains.length);
				expect(readIpTable(family, again.info, again.entries, little)).toEqual(read);
			}
		}
		expect(understood).toBeGreaterThan(mutations / 10);
		expect(understood).toBeLessThan(mutations);
	});

	it.each([0, 1, 3, 4])("is not understood with another start or policy of hook %d", (hook) => {
		const { info, entries } = tables[0]!;
		const off = (offsets: readonly number[]) => offsets.with(hook, (offsets[hook] ?? 0) + 8);
		for (const wrong of [
			{ ...info, starts: off(info.starts) },
			{ ...info, policies: off(info.policies) },
			{ ...info, hooks: info.hooks & ~(1 << hook) },
			{ ...info, entryCount: info.entryCount + 1 },
			{ ...info, size: info.size + 8 },
		]) {
			expect(readIpTable("ipv4", wrong, entries, little)).toHaveProperty("why");
		}
		expect(readIpTable("ipv4", info, entries, little)).not.toHaveProperty("why");
	});

	it.each([
		["jumps to where no chain begins", { kind: "jump", chain: "A" }, 8],
		["jumps into itself", { kind: "jump", chain: "A" }, -8],
	] as const)("is not understood where a rule %s", (_, target, off) => {
		const table: IpTable = {
			family: "ipv4",
			chains: [
				...freshIpTable("ipv4").chains.map((chain) =>
					chain.name === "OUTPUT" ? { ...chain, rules: [{ packet: zeros(84), matches: "", target }] } : chain,
				),
				{ name: "A", rules: [] },
			],
		};
		const { info, entries } = buildEntries(table, little);
		const verdict = little.u32(info.size - 176 - 152);
		expect(entries.split(verdict)).toHaveLength(2);
		const wrong = entries.replace(verdict, little.u32(little.u32At(verdict, 0) + off));
		expect(readIpTable("ipv4", info, wrong, little)).toEqual({
			why: expect.stringContaining("where no chain begins"),
		});
	});
});
