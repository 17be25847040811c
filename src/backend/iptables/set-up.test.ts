import { describe, expect, it } from "vitest";
import { policyFrom } from "../../../test/support/policies.ts";
import { restoreInput } from "../../../test/support/printed-rules.ts";
import { createMemoryHost, type MemoryHost } from "../../host/memory.ts";
import type { Plan } from "../../rules/plan.ts";
import { plan } from "../../rules/plan.ts";
import { BackendError } from "../backend-error.ts";
import { iptablesBackend } from "./backend.ts";

const wanted = plan(policyFrom("-p 4143 -o 4140 -u 2102 --inbound-ports-to-ignore 4190,4191"));
const other = plan(policyFrom("-p 1 -o 2 -g 7"));
const jump = '-m comment --comment "proxy-init/install-proxy-init-output" -j PROXY_INIT_OUTPUT';
const backend = iptablesBackend("nft");

function setUp(host: MemoryHost, what: Plan = wanted) {
	return backend.setUp(host, what, { wait: false, counters: false }).families.map(({ outcome }) => outcome);
}

function tableOf(host: MemoryHost, family: "ipv4" | "ipv6" = "ipv4"): string {
	return host.natTable("nft", family).save();
}

function freshTable(): string {
	const host = createMemoryHost();
	setUp(host);
	return tableOf(host);
}

describe("setting up", () => {
	it("takes one process per family in a fresh namespace", () => {
		const host = createMemoryHost();
		expect(setUp(host)).toEqual(["created", "created"]);
		expect(host.commands).toEqual(["iptables-nft-restore --noflush", "ip6tables-nft-restore --noflush"]);
	});

	it("changes nothing when the rules are there", () => {
		const host = createMemoryHost();
		setUp(host);
		expect(setUp(host)).toEqual(["unchanged", "unchanged"]);
		expect(tableOf(host)).toBe(freshTable());
	});

	it("replaces rules that differ", () => {
		const host = createMemoryHost();
		setUp(host, other);
		expect(setUp(host)).toEqual(["replaced", "replaced"]);
		expect(tableOf(host)).toBe(freshTable());
	});

	it.each([
		["a chain without its jump", ["-N PROXY_INIT_OUTPUT"]],
		["a jump twice", ["-N PROXY_INIT_OUTPUT", `-A OUTPUT ${jump}`, `-A OUTPUT ${jump}`]],
		["a jump without its comment", ["-N PROXY_INIT_OUTPUT", "-A OUTPUT -j PROXY_INIT_OUTPUT"]],
		["a jump from the wrong hook", ["-N PROXY_INIT_OUTPUT", "-A PREROUTING -j PROXY_INIT_OUTPUT"]],
		["a rule that we would not write", ["-N PROXY_INIT_REDIRECT", "-A PROXY_INIT_REDIRECT -p udp -j RETURN"]],
	])("mends %s", (_what, lines) => {
		const host = createMemoryHost();
		host.natTable("nft", "ipv4").restore(["*nat", ...lines, "COMMIT"].join("\n"));
		expect(setUp(host)).toEqual(["replaced", "created"]);
		expect(tableOf(host)).toBe(freshTable());
	});

	it("keeps the place of a jump among other programs' rules", () => {
		const host = createMemoryHost();
		setUp(host, other);
		host
			.natTable("nft", "ipv4")
			.restore("*nat\n-I OUTPUT 1 -p udp -j ACCEPT\n-A OUTPUT -p tcp -j ACCEPT\nCOMMIT\n");
		setUp(host);
		const rules = tableOf(host)
			.split("\n")
			.filter((line) => line.startsWith("-A OUTPUT"));
		expect(rules).toEqual(["-A OUTPUT -p udp -j ACCEPT", `-A OUTPUT ${jump}`, "-A OUTPUT -p tcp -j ACCEPT"]);
	});

	it("is content when somebody else makes the same rules first", () => {
		const host = createMemoryHost();
		const table = host.natTable("nft", "ipv4");
		raceOnce(host, () => table.restore(restoreInput(wanted, "ipv4")));
		expect(setUp(host)).toEqual(["unchanged", "created"]);
		expect(tableOf(host)).toBe(freshTable());
	});

	it("ends with one jump when two runs mend the same double jump", () => {
		const host = createMemoryHost();
		const table = host.natTable("nft", "ipv4");
		table.restore(`*nat\n-N PROXY_INIT_OUTPUT\n-A OUTPUT ${jump}\n-A OUTPUT ${jump}\nCOMMIT\n`);
		let runs = 0;
		host.intercept("iptables-nft-restore", () => {
			if (++runs === 2) {
				table.restore(`*nat\n-D OUTPUT ${jump}\n-D OUTPUT ${jump}\n-A OUTPUT ${jump}\nCOMMIT\n`);
			}
			return undefined;
		});
		expect(setUp(host)).toEqual(["replaced", "created"]);
		expect(tableOf(host)).toBe(freshTable());
	});

	it("gives up when the table never stays still", () => {
		const host = createMemoryHost();
		const table = host.natTable("nft", "ipv4");
		let count = 0;
		host.intercept("iptables-nft-save", () => {
			table.restore(
				`*nat\n:PROXY_INIT_OUTPUT - [0:0]\n-A PROXY_INIT_OUTPUT -p ${++count} -j RETURN\nCOMMIT\n`,
			);
			return undefined;
		});
		table.restore("*nat\n-N PROXY_INIT_OUTPUT\nCOMMIT\n");
		expect(() => setUp(host)).toThrow("ipv4: the table kept changing");
	});
});

describe("when one family fails", () => {
	const refuse = (host: MemoryHost) =>
		host.intercept("ip6tables-nft-restore", () => ({
			outcome: { kind: "exited", code: 4 },
			stdout: "",
			stderr: "ip6tables-nft-restore v1.8.9 (nf_tables): no nat for you\n",
		}));

	it("puts a family that was empty back to empty", () => {
		const host = createMemoryHost();
		const before = tableOf(host);
		refuse(host);
		expect(() => setUp(host)).toThrow(
			/ipv6: .*no nat for you \(exit status 4\); ipv4 was put back as it was/,
		);
		expect(tableOf(host)).toBe(before);
	});

	it("puts a family that held other rules back to those, in their places", () => {
		const host = createMemoryHost();
		setUp(host, other);
		host
			.natTable("nft", "ipv4")
			.restore(`*nat\n-I OUTPUT 1 -p udp -j ACCEPT\n-A OUTPUT -p tcp -j ACCEPT\n-A OUTPUT ${jump}\nCOMMIT\n`);
		const before = tableOf(host);
		refuse(host);
		expect(() => setUp(host)).toThrow("ipv4 was put back as it was");
		expect(tableOf(host)).toBe(before);
	});

	it("says so when that fails too", () => {
		const host = createMemoryHost();
		refuse(host);
		let runs = 0;
		host.intercept("iptables-nft-restore", () =>
			++runs === 1 ? undefined : { outcome: { kind: "killed", signal: "SIGKILL" }, stdout: "", stderr: "" },
		);
		expect(() => setUp(host)).toThrow(/ipv4 could not be put back .*SIGKILL.*shunt clean/);
	});

	it("touches nothing when a program is missing", () => {
		const host = createMemoryHost();
		host.uninstall("ip6tables-nft-save");
		expect(() => setUp(host)).toThrow(BackendError);
		expect(host.commands).toEqual([]);
	});
});

describe("the xtables lock", () => {
	const held = {
		outcome: { kind: "exited", code: 4 },
		stdout: "",
		stderr: "Another app is currently holding the xtables lock; use -w.\n",
	} as const;

	it("is waited for by both families at once, and said once", () => {
		const host = createMemoryHost();
		for (const tool of ["iptables-legacy-restore", "ip6tables-legacy-restore"]) {
			host.intercept(tool, ({ argv }) => (argv.includes("8") ? undefined : held));
		}
		const { families: outcomes } = iptablesBackend("legacy").setUp(host, wanted, {
			wait: false,
			counters: false,
		});
		expect(outcomes.map(({ outcome }) => outcome)).toEqual(["created", "created"]);
		expect(host.commands).toEqual(
			["2", "8"].flatMap((seconds) => [
				`iptables-legacy-restore --noflush -w ${seconds}`,
				`ip6tables-legacy-restore --noflush -w ${seconds}`,
			]),
		);
		expect(host.logged).toHaveLength(1);
	});

	it.each([
		{ wait: false, seconds: 10, rest: 8 },
		{ wait: true, seconds: 60, rest: 58 },
	])("is not waited for in silence, with wait $wait", ({ wait, seconds, rest }) => {
		const host = createMemoryHost({ env: { XTABLES_LOCKFILE: "/run/x.lock" } });
		host.files.set("/run/x.lock", "");
		const inode = host.fileIdentity("/run/x.lock")?.split(":")[1];
		host.files.set("/proc/locks", `1: FLOCK  ADVISORY  WRITE 4321 08:01:${inode} 0 EOF\n`);
		host.files.set("/proc/4321/comm", "kube-proxy\n");
		host.intercept("iptables-legacy-restore", ({ argv }) => (argv.includes(`${rest}`) ? undefined : held));
		iptablesBackend("legacy").setUp(host, wanted, { wait, counters: false });
		const limit = wait ? "without --use-wait-flag 10 s" : "with --use-wait-flag 60 s";
		expect(host.logged).toEqual([
			`waiting up to ${seconds} s (${limit}) for the xtables lock, held by process 4321 (kube-proxy)`,
		]);
	});

	it("is named when it is never free, after one silent wait and one that is said", () => {
		const host = createMemoryHost();
		host.intercept("iptables-legacy-restore", () => held);
		expect(() => iptablesBackend("legacy").setUp(host, wanted, { wait: false, counters: false })).toThrow(
			/ipv4: iptables-legacy-restore: another program .* xtables lock .*ipv6 was put back/,
		);
		expect(host.commands.filter((command) => command.startsWith("iptables-legacy-restore"))).toHaveLength(2);
	});

	it.each([
		["legacy", "iptables-legacy-restore --noflush -w 2"],
		["plain", "iptables-restore --noflush -w 2"],
		["nft", "iptables-nft-restore --noflush"],
	] as const)("is waited for with -w in mode %s as far as there is one", (mode, command) => {
		for (const wait of [true, false]) {
			const host = createMemoryHost();
			iptablesBackend(mode).setUp(host, wanted, { wait, counters: false });
			expect(host.commands[0]).toBe(command);
		}
	});
});

/** Lets somebody else act between our start and our first transaction. */
function raceOnce(host: MemoryHost, act: () => void): void {
	let done = false;
	host.intercept("iptables-nft-restore", () => {
		if (!done) {
			done = true;
			act();
		}
		return undefined;
	});
}
