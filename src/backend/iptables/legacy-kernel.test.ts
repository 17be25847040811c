import { describe, expect, it } from "vitest";
import { policyFrom } from "../../../test/support/policies.ts";
import type { Host } from "../../host/host.ts";
import { createMemoryHost, type MemoryHostOptions } from "../../host/memory.ts";
import { MemoryXtables } from "../../host/memory-xtables.ts";
import { plan } from "../../rules/plan.ts";
import { buildEntries, replaceRequest } from "../../wire/build-ip-table.ts";
import { words, zeros } from "../../wire/bytes.ts";
import type { IpTable } from "../../wire/ip-table.ts";
import { impatient } from "../impatient.ts";
import { applyLegacy, driftInLegacy, removeLegacy } from "./legacy-kernel.ts";
import { readLegacyTable } from "./legacy-table.ts";

const wanted = plan(policyFrom("-p 4143 -o 4140 -u 2102"));
const other = plan(policyFrom("-p 1 -o 2 -u 3"));
const ipv4Alone = plan(policyFrom("-p 4143 -o 4140 -u 2102 --ipv6=false"));
const noWait = { wait: false };

type Xtables = Host["xtables"];

function hostWith(xtables: Xtables, options: MemoryHostOptions = {}) {
	return createMemoryHost({ ...options, xtables });
}

function errno(name: string): ReturnType<Xtables> {
	const number = { EPERM: 1, ENOENT: 2, EAGAIN: 11, ENOMEM: 12, EINVAL: 22, ENOPROTOOPT: 92 }[name] ?? 0;
	return { name, number, message: `as strerror says of ${name}` };
}

describe("a plan without a tool", () => {
	it("is created, found, replaced and removed", () => {
		const host = hostWith(new MemoryXtables().ask);
		const outcomes = (outcome: string) => [
			{ family: "ipv4", outcome },
			{ family: "ipv6", outcome },
		];
		expect(driftInLegacy(host, wanted, "ipv4")).toMatchObject([
			{ kind: "missing-chain", hook: "prerouting" },
			{ kind: "missing-chain", hook: "output" },
		]);
		expect(applyLegacy(host, wanted, noWait)).toEqual(outcomes("created"));
		expect(applyLegacy(host, wanted, noWait)).toEqual(outcomes("unchanged"));
		expect(driftInLegacy(host, wanted, "ipv6")).toEqual([]);
		expect(applyLegacy(host, other, noWait)).toEqual(outcomes("replaced"));
		expect(driftInLegacy(host, wanted, "ipv6").map(({ kind }) => kind)).toContain("missing-rule");
		expect(removeLegacy(host, ["ipv4", "ipv6"])).toEqual(["ipv4", "ipv6"]);
		expect(removeLegacy(host, ["ipv4", "ipv6"])).toEqual([]);
		expect(host.commands).toEqual([]);
		expect(host.logged).toEqual([]);
	});

	it("starts anew where somebody was faster, in between and before", () => {
		const kernel = new MemoryXtables();
		const foreign = createForeign(kernel);
		const asked: string[] = [];
		const host = hostWith((family, operation, request) => {
			asked.push(operation);
			const happens = asked.length === 2 || asked.length === 5;
			if (happens) {
				foreign(asked.length);
			}
			return kernel.ask(family, operation, request);
		});
		expect(applyLegacy(host, ipv4Alone, noWait)).toEqual([{ family: "ipv4", outcome: "created" }]);
		expect(asked).toEqual(["info", "entries", "info", "entries", "replace", "info", "entries", "replace"]);
		const { table } = readLegacyTable(host, "ipv4");
		expect(table.chains.map(({ name }) => name)).toEqual([
			...["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
			...["FOREIGN2", "FOREIGN5", "PROXY_INIT_OUTPUT", "PROXY_INIT_REDIRECT"],
		]);
	});

	it("gives up where somebody is always faster", () => {
		const kernel = new MemoryXtables();
		const host = hostWith((family, operation, request) =>
			operation === "replace" ? errno("EAGAIN") : kernel.ask(family, operation, request),
		);
		expect(() => applyLegacy(host, wanted, noWait)).toThrow(
			"ipv4: the table kept changing while it was being programmed",
		);
		const neverSame = hostWith((family, operation, request) =>
			operation === "entries" ? errno("EAGAIN") : kernel.ask(family, operation, request),
		);
		expect(() => applyLegacy(neverSame, wanted, noWait)).toThrow(
			"ip_tables' table nat: the table kept changing while it was being read",
		);
	});
});

/** A program that adds a chain to the table without asking anybody. */
function createForeign(kernel: MemoryXtables) {
	return (number: number) => {
		const host = hostWith(kernel.ask);
		const { table, entryCount } = readLegacyTable(host, "ipv4");
		const chains = [...table.chains, { name: `FOREIGN${number}`, rules: [] }];
		const order = words.little;
		const built = buildEntries({ family: "ipv4", chains }, order);
		expect(kernel.ask("ipv4", "replace", replaceRequest(built, entryCount, order))).toHaveLength(
			16 * entryCount,
		);
	};
}

describe("where IPv6 fails", () => {
	/** Only the first replacement there, so that what is seen is not the way back. */
	const failing = (kernel: MemoryXtables, name: string): Xtables => {
		return (family, operation, request) =>
			family === "ipv6" && operation === "replace" ? errno(name) : kernel.ask(family, operation, request);
	};

	it.each([
		["EPERM", "not-permitted", "ip6_tables' table nat: as strerror says of EPERM"],
		[
			"ENOENT",
			"refused",
			"kernel lacks a module behind this rule: ip6_tables' table nat: as strerror says of ENOENT",
		],
		["EINVAL", "refused", "ip6_tables' table nat: as strerror says of EINVAL"],
	])("with %s, IPv4 is put back as it was: empty", (name, code, message) => {
		const kernel = new MemoryXtables();
		const host = hostWith(failing(kernel, name));
		const before = kernel.ask("ipv4", "info", "");
		expect(() => applyLegacy(host, wanted, noWait)).toThrow(
			expect.objectContaining({ code, message: `${message}; ipv4 was put back as it was` }),
		);
		expect(kernel.ask("ipv4", "info", "")).toBe(before);
	});

	it("IPv4 is put back as it was: another plan", () => {
		const kernel = new MemoryXtables();
		applyLegacy(hostWith(kernel.ask), other, noWait);
		const entries = () => {
			const info = String(kernel.ask("ipv4", "info", ""));
			const room = zeros(32) + info.slice(80, 84) + zeros(4);
			return kernel.ask("ipv4", "entries", room);
		};
		const before = entries();
		expect(() => applyLegacy(hostWith(failing(kernel, "EINVAL")), wanted, noWait)).toThrow(
			"; ipv4 was put back as it was",
		);
		expect(entries()).toBe(before);
		expect(String(before).length).toBeGreaterThan(3000);
	});

	it("says so where IPv4 cannot be put back", () => {
		const kernel = new MemoryXtables();
		let replacements = 0;
		const host = hostWith((family, operation, request) => {
			replacements += operation === "replace" ? 1 : 0;
			return operation === "replace" && replacements > 1
				? errno("ENOMEM")
				: kernel.ask(family, operation, request);
		});
		expect(() => applyLegacy(host, wanted, noWait)).toThrow(
			`ipv4 could not be put back as it was (ip_tables' table nat: as strerror says of ENOMEM): run "shunt clean"`,
		);
	});

	it("leaves an IPv4 alone that held the plan already", () => {
		const kernel = new MemoryXtables();
		applyLegacy(hostWith(kernel.ask), ipv4Alone, noWait);
		expect(() => applyLegacy(hostWith(failing(kernel, "EINVAL")), wanted, noWait)).toThrow(
			expect.objectContaining({ message: "ip6_tables' table nat: as strerror says of EINVAL" }),
		);
		expect(driftInLegacy(hostWith(kernel.ask), wanted, "ipv4")).toEqual([]);
	});
});

describe("a kernel that refuses", () => {
	it.each([
		["EPERM", "not-permitted", "ip_tables' table nat: "],
		["ENOPROTOOPT", "refused", "kernel has no ip_tables with a nat table: ip_tables' table nat: "],
		["ENOMEM", "refused", "ip_tables' table nat: "],
	])("says %s to the first question and to the second", (name, code, start) => {
		const kernel = new MemoryXtables();
		for (const refused of ["info", "entries"]) {
			const host = hostWith((family, operation, request) =>
				operation === refused ? errno(name) : kernel.ask(family, operation, request),
			);
			expect(() => removeLegacy(host, ["ipv4"])).toThrow(
				expect.objectContaining({ code, message: `${start}as strerror says of ${name}` }),
			);
		}
	});

	it("to give counters back is heard of, and the rules stand", () => {
		const kernel = new MemoryXtables();
		const host = hostWith((family, operation, request) => {
			if (operation === "add-counters") {
				return errno("ENOMEM");
			}
			const answer = kernel.ask(family, operation, request);
			return operation === "replace" && typeof answer === "string" ? answer.replace("\0", "\x01") : answer;
		});
		expect(applyLegacy(host, ipv4Alone, noWait)).toEqual([{ family: "ipv4", outcome: "created" }]);
		expect(host.logged).toEqual([
			"ip_tables' table nat: what others' rules had counted is lost (as strerror says of ENOMEM)",
		]);
	});
});

describe("a table that is not understood", () => {
	it("is never written", () => {
		const kernel = new MemoryXtables();
		const written: string[] = [];
		const host = hostWith((family, operation, request) => {
			written.push(operation);
			const answer = kernel.ask(family, operation, request);
			// The verdict of the first policy, which becomes one that there is not.
			return operation === "entries" && typeof answer === "string"
				? `${answer.slice(0, 184)}\xf0${answer.slice(185)}`
				: answer;
		});
		expect(() => applyLegacy(host, wanted, noWait)).toThrow(
			"ip_tables' table nat: the table is not laid out as iptables would, so it is left as it is",
		);
		expect(() => removeLegacy(host, ["ipv4"])).toThrow("so it is left as it is");
		expect(written).toEqual(["info", "entries", "info", "entries"]);
	});
});

describe("what others' rules had counted", () => {
	it("is given back to them", () => {
		const kernel = new MemoryXtables();
		const host = hostWith(kernel.ask);
		createForeign(kernel)(1);
		const order = words.little;
		const counters = Array.from({ length: 7 }, (_, index) => String.fromCharCode(index + 1).padEnd(16, "\0"));
		const request = zeros(32) + order.u32(7) + zeros(4) + counters.join("");
		expect(kernel.ask("ipv4", "add-counters", request)).toBe("");
		applyLegacy(host, ipv4Alone, noWait);
		const { table } = readLegacyTable(host, "ipv4");
		expect(countedIn(table, kernel.counters("ipv4"))).toEqual({
			PREROUTING: [0, 1],
			INPUT: [2],
			OUTPUT: [0, 3],
			POSTROUTING: [4],
			FOREIGN1: [6],
			PROXY_INIT_OUTPUT: [0, 0, 0, 0],
			PROXY_INIT_REDIRECT: [0, 0],
		});
	});
});

/** The packets of each chain's rules and its end. */
function countedIn({ chains }: IpTable, counters: string): Record<string, number[]> {
	return Object.fromEntries(
		chains.map(({ name, rules, endEntry = 0 }) => [
			name,
			[...rules.map(({ entry = 0 }) => entry), endEntry].map((entry) => counters.charCodeAt(16 * entry)),
		]),
	);
}

describe("the lock of iptables' tools", () => {
	const kernel = new MemoryXtables();

	it.each([
		[{}, "/run/xtables.lock"],
		[{ XTABLES_LOCKFILE: "" }, "/run/xtables.lock"],
		[{ XTABLES_LOCKFILE: "/tmp/lock" }, "/tmp/lock"],
	])("is held while a table is read and written, and given back: %j", (env, path) => {
		const seen: boolean[] = [];
		const isFree = (host: Host) => {
			const lock = host.lock(path, 0);
			if (typeof lock === "function") {
				lock();
			}
			return typeof lock === "function";
		};
		const host = hostWith(
			(family, operation, request) => {
				seen.push(isFree(host));
				return kernel.ask(family, operation, request);
			},
			{ env },
		);
		applyLegacy(host, wanted, noWait);
		removeLegacy(host, ["ipv4"]);
		expect(new Set(seen)).toEqual(new Set([false]));
		expect(isFree(host)).toBe(true);
	});

	it("is given back also where something fails", () => {
		const host = hostWith(() => errno("EPERM"));
		expect(() => applyLegacy(host, wanted, noWait)).toThrow("EPERM");
		expect(typeof host.lock("/run/xtables.lock", 0)).toBe("function");
	});

	it.each([
		[false, 10, "with --use-wait-flag 60 s"],
		[true, 60, "without --use-wait-flag 10 s"],
	])("is not waited for longer than it says, asked to wait: %s", (wait, seconds, limit) => {
		const waited: number[] = [];
		const host = hostWith(
			() => {
				throw new Error("not without the lock");
			},
			{ heldLocks: ["/run/xtables.lock"] },
		);
		const counting: Host = {
			...host,
			lock: (path, waitMs) => {
				waited.push(waitMs);
				return host.lock(path, waitMs);
			},
		};
		expect(() => applyLegacy(counting, wanted, { wait })).toThrow(
			expect.objectContaining({
				code: "no-answer",
				message: `another program has been holding the xtables lock for more than ${seconds} s`,
			}),
		);
		expect(waited).toEqual([2000, 1000 * (seconds - 2)]);
		expect(host.logged).toEqual([
			`waiting up to ${seconds} s (${limit}) for the xtables lock, held by another program`,
		]);
	});

	it("is not waited for at all by who is impatient, nor are programs for long", () => {
		const waited: number[] = [];
		const host = hostWith(kernel.ask, { heldLocks: ["/run/xtables.lock"] });
		const counting: Host = {
			...host,
			lock: (path, waitMs) => {
				waited.push(waitMs);
				return host.lock(path, waitMs);
			},
			run: (commands) => {
				waited.push(...commands.map(({ timeoutMs }) => timeoutMs));
				return [];
			},
		};
		expect(() => applyLegacy(impatient(counting), wanted, { wait: true })).toThrow(
			expect.objectContaining({
				code: "no-answer",
				obstacle: "held-lock",
				message: "another program holds the xtables lock",
			}),
		);
		expect(host.logged).toEqual([]);
		impatient(counting).run([60_000, 1000].map((timeoutMs) => ({ argv: ["x"], timeoutMs })));
		expect(waited).toEqual([0, 5000, 1000]);
		const free = hostWith(kernel.ask);
		expect(applyLegacy(impatient(free), ipv4Alone, noWait)).toHaveLength(1);
	});

	it("is named where it cannot be had at all", () => {
		const host: Host = {
			...hostWith(kernel.ask),
			lock: () => ({ name: "EROFS", number: 30, message: "read-only file system" }),
		};
		expect(() => applyLegacy(host, wanted, noWait)).toThrow(
			expect.objectContaining({
				code: "refused",
				obstacle: "no-lock",
				message: "the xtables lock /run/xtables.lock: read-only file system",
			}),
		);
	});
});
