import { endianness } from "node:os";
import { expect } from "vitest";
import type { Family } from "../../src/domain/family.ts";
import type { XtablesOperation } from "../../src/host/host.ts";
import { MemoryXtables } from "../../src/host/memory-xtables.ts";
import { fixedString, words, zeros } from "../../src/wire/bytes.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { type Define, ordinaryUser } from "./host-contract-kit.ts";
import type { Operation } from "./host-driver.ts";
import { ask, perform, type Subject, type Surroundings } from "./host-subject.ts";

const { u32, u32At } = words[endianness() === "LE" ? "little" : "big"];
const name = fixedString("nat", 32);
const infoLength = 84; // struct ipt_getinfo
const info = name + zeros(infoLength - name.length);
const hooksLength = 44; // valid_hooks, hook_entry, underflow
const entriesHeader = 40; // struct ipt_get_entries, without its entries
const families: readonly Family[] = ["ipv4", "ipv6"];
/** Length of the empty table: four policies and an ERROR (struct ipt_standard, struct ip6t_standard and those of errors). */
const emptySize: Readonly<Record<Family, number>> = {
	ipv4: 4 * (112 + 40) + 112 + 64,
	ipv6: 4 * (168 + 40) + 168 + 64,
};

function entriesRequest(size: number): string {
	return name + u32(size) + zeros(entriesHeader - 36 + size);
}

/** struct ipt_replace of what was read, with a pointer that leads nowhere. */
function replaceRequest(info: string, entries: string, counters: number): string {
	const [count, size] = [u32At(info, 76), u32At(info, 80)];
	const head = name + info.slice(32, 36) + u32(count) + u32(size) + info.slice(36, 32 + hooksLength);
	return `${head}${u32(counters)}${"\xff".repeat(8)}${entries.slice(entriesHeader)}`;
}

function inside(
	subject: Subject,
	netns: Netns,
	asked: readonly (readonly [Family, XtablesOperation, string])[],
	surroundings?: Surroundings,
) {
	const { findings } = perform(
		subject,
		[
			{ call: "enterNetns", with: [netns.path] },
			...asked.map((each): Operation => ({ call: "xtables", with: [...each] })),
		],
		surroundings,
	);
	return findings.slice(1).map((finding) => ("threw" in finding ? finding : finding.returned));
}

/** Namespaces of their own, removed also when a case fails. */
export function xtablesCases(define: Define): void {
	reading(define);
	writing(define);
	failures(define);
}

function reading(define: Define): void {
	for (const family of families) {
		define(`reads the table that there always is, ${family}`, (subject) =>
			withNetns("host", (netns) => {
				const size = emptySize[family];
				const [told, entries] = inside(subject, netns, [
					[family, "info", info],
					[family, "entries", entriesRequest(size)],
				]) as [string, string];
				expect(told).toHaveLength(infoLength);
				expect([u32At(told, 32), u32At(told, 76), u32At(told, 80)]).toEqual([0x1b, 5, size]);
				expect(entries).toHaveLength(entriesHeader + size);
				// struct xt_error_target ends in a name of 30 bytes and two of padding.
				expect(entries.slice(-32, -2)).toBe(fixedString("ERROR", 30));
				// What the native program took apart when it was built is the fake kernel's.
				const fake = new MemoryXtables();
				expect(fake.ask(family, "info", info)).toBe(told);
				expect(fake.ask(family, "entries", entriesRequest(size))).toBe(entries);
			}),
		);
	}

	define("knows which matches and targets there are, and in which revisions", (subject) =>
		withNetns("host", (netns) => {
			const revision = (extension: string, number: number) =>
				fixedString(extension, 29) + String.fromCharCode(number);
			const answers = families.map((family) =>
				inside(subject, netns, [
					[family, "match-revision", revision("multiport", 1)],
					[family, "match-revision", revision("multiport", 99)],
					[family, "match-revision", revision("no-such-match", 0)],
					[family, "target-revision", revision("REDIRECT", 0)],
					[family, "target-revision", revision("REDIRECT", 99)],
					[family, "target-revision", revision("NO-SUCH-TARGET", 0)],
				]),
			);
			const unknown = { name: "EPROTONOSUPPORT", number: 93 };
			const missing = { name: "ENOENT", number: 2 };
			for (const answer of answers) {
				expect(answer).toMatchObject([
					revision("multiport", 1),
					unknown,
					missing,
					revision("REDIRECT", 0),
					unknown,
					missing,
				]);
			}
		}),
	);

	define("needs no raw socket", (subject) =>
		withNetns("host", (netns) => {
			const told = inside(subject, netns, [["ipv4", "info", info]], {
				shell: 'exec setpriv --inh-caps=-net_raw --bounding-set=-net_raw "$@"',
			});
			expect(told).toEqual([expect.stringMatching(/^nat\0/)]);
		}),
	);
}

function writing(define: Define): void {
	for (const family of families) {
		const tool = family === "ipv4" ? "iptables-legacy" : "ip6tables-legacy";

		define(`replaces a table and adds to its counters, ${family}`, (subject) =>
			withNetns("host", (netns) => {
				netns.run(tool, ["-t", "nat", "-A", "OUTPUT", "-c", "7", "8", "-j", "RETURN"]);
				const [told] = inside(subject, netns, [[family, "info", info]]) as [string];
				const [count, size] = [u32At(told, 76), u32At(told, 80)];
				expect(count).toBe(6);
				const [entries] = inside(subject, netns, [[family, "entries", entriesRequest(size)]]) as [string];
				const [old, wiped, ...added] = inside(subject, netns, [
					[family, "replace", replaceRequest(told, entries, count)],
					[family, "replace", replaceRequest(told, entries, count)],
					[
						family,
						"add-counters",
						`${name}${u32(count)}${zeros(4)}${zeros(32)}${"\x05".padEnd(16, "\0")}${zeros(48)}`,
					],
				]) as string[];
				const policies = u32At(old!, 0);
				// PREROUTING and INPUT stand before it.
				expect([...old!.slice(32, 48)].map((byte) => byte.charCodeAt(0))).toEqual([
					...[7, 0, 0, 0, 0, 0, 0, 0],
					...[8, 0, 0, 0, 0, 0, 0, 0],
				]);
				expect([old?.length, policies, wiped]).toEqual([16 * count, 0, zeros(16 * count)]);
				expect(added).toEqual([""]);
				expect(netns.run(`${tool}-save`, ["-c", "-t", "nat"])).toContain("[5:0] -A OUTPUT -j RETURN\n");
			}),
		);
	}

	define("hears that the table is not what it was any more", (subject) =>
		withNetns("host", (netns) => {
			const size = emptySize.ipv4;
			const [told, entries] = inside(subject, netns, [
				["ipv4", "info", info],
				["ipv4", "entries", entriesRequest(size)],
			]) as [string, string];
			netns.run("iptables-legacy", ["-t", "nat", "-A", "OUTPUT", "-j", "RETURN"]);
			const again = { name: "EAGAIN", number: 11 };
			expect(
				inside(subject, netns, [
					["ipv4", "replace", replaceRequest(told, entries, 5)],
					["ipv4", "entries", entriesRequest(size)],
				]),
			).toMatchObject([again, again]);
			expect(netns.natTable("legacy", "ipv4")).toContain("-A OUTPUT -j RETURN");
		}),
	);

	define("asks in the namespace that it is in at that moment", (subject) =>
		withNetns("host", (first) =>
			withNetns("host", (second) => {
				first.run("iptables-legacy", ["-t", "nat", "-N", "X"]);
				const { findings } = perform(subject, [
					{ call: "enterNetns", with: [first.path] },
					{ call: "xtables", with: ["ipv4", "info", info] },
					{ call: "enterNetns", with: [second.path] },
					{ call: "xtables", with: ["ipv4", "info", info] },
				]);
				const counts = [findings[1], findings[3]].map((finding) =>
					u32At(String(finding !== undefined && "returned" in finding && finding.returned), 76),
				);
				expect(counts).toEqual([7, 5]);
			}),
		),
	);
}

function failures(define: Define): void {
	define("hears that it may not", (subject) => {
		for (const family of families) {
			for (const operation of ["info", "entries", "add-counters"] as const) {
				expect(ask(subject, "xtables", [family, operation, info], { uid: ordinaryUser })).toMatchObject({
					name: "EPERM",
					number: 1,
				});
			}
		}
	});

	define("says which table there is not", (subject) =>
		withNetns("host", (netns) => {
			const nowhere = fixedString("nowhere", 32) + zeros(infoLength - 32);
			expect(inside(subject, netns, [["ipv4", "info", nowhere]])).toMatchObject([
				{ name: "ENOENT", number: 2 },
			]);
		}),
	);

	define("refuses what is too short, or no bytes", (subject) => {
		const invalid = { name: "EINVAL", number: 22 };
		for (const operation of ["info", "entries", "replace", "add-counters"] as const) {
			for (const request of ["", "nat", `${info}\u0100`, `${info}\ud800`]) {
				expect(ask(subject, "xtables", ["ipv4", operation, request])).toMatchObject(invalid);
			}
		}
		expect(ask(subject, "xtables", ["ipv4", "replace", zeros(95)])).toMatchObject(invalid);
	});

	define("makes no room for more counters than a table can have", (subject) => {
		const request = zeros(84) + u32(0xffff_ffff) + zeros(8);
		expect(ask(subject, "xtables", ["ipv4", "replace", request])).toMatchObject({
			name: "ENOMEM",
			number: 12,
		});
	});
}
