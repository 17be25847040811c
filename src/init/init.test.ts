import { describe, expect, it } from "vitest";
import { type CommandResult, HostError } from "../host/host.ts";
import { createMemoryHost, type MemoryHost } from "../host/memory.ts";
import { MemoryXtables } from "../host/memory-xtables.ts";
import { runClean } from "./clean.ts";
import { runInit } from "./run-init.ts";

const flags = ["-p", "4143", "-o", "4140", "-u", "2102"];
const sysctl = "/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_close_wait";

function init(host: MemoryHost, ...more: string[]) {
	return runInit(host, [...flags, ...more]);
}

function refusal(stderr: string, code = 1): () => CommandResult {
	return () => ({ outcome: { kind: "exited", code }, stdout: "", stderr });
}

function fullDisk(): never {
	throw new HostError("failed", "standard output: no space left on device");
}

function hasOurs(host: MemoryHost, mode: "legacy" | "nft", family: "ipv4" | "ipv6" = "ipv4"): boolean {
	return host.natTable(mode, family).save().includes("PROXY_INIT");
}

describe("shunt init", () => {
	it("logs every rule, since kubectl logs is where people look", () => {
		const host = createMemoryHost();
		expect(init(host)).toBe(0);
		for (const text of [
			"ipv4: rules applied",
			"ipv6: rules applied",
			"--uid-owner 2102",
			"--to-ports 4140",
		]) {
			expect(host.logged.join("\n")).toContain(text);
		}
		expect(host.output).toEqual([]);
	});

	it("answers with one object on request", () => {
		const host = createMemoryHost();
		init(host, "--output", "json", "--ipv6=false");
		expect(JSON.parse(host.output.join(""))).toMatchObject({
			mode: { asked: "legacy", used: "legacy" },
			families: [{ family: "ipv4", outcome: "created" }],
			chains: {
				ipv4: { PROXY_INIT_OUTPUT: [expect.stringContaining("2102"), expect.anything(), expect.anything()] },
			},
			milliseconds: expect.any(Number),
			warnings: [],
		});
	});

	it("says as JSON too what was wrong", () => {
		const host = createMemoryHost();
		expect(runInit(host, ["--output=json"])).toBe(64);
		expect(JSON.parse(host.output.join(""))).toEqual({
			exitCode: 64,
			errors: [
				expect.stringContaining("--incoming-proxy-port"),
				expect.stringContaining("--outgoing-proxy-port"),
			],
		});
	});

	it("writes the log as JSON on request, and only what is severe enough", () => {
		const host = createMemoryHost();
		runInit(host, ["-p", "1", "-o", "2", "--log-format", "json", "--log-level", "warn"]);
		expect(host.logged.map((line) => JSON.parse(line))).toEqual([
			{ level: "warning", msg: expect.stringContaining("a loop"), time: expect.stringMatching(/Z$/) },
		]);
	});

	it("prints the exact input when it simulates, and touches nothing", () => {
		const host = createMemoryHost();
		host.files.set(sysctl, "60\n");
		expect(init(host, "--simulate", "--timeout-close-wait-secs", "5", "--netns", "/nowhere")).toBe(0);
		expect(host.output.join("")).toMatch(
			/^# iptables-legacy-restore --noflush\n\*nat\n[\s\S]*COMMIT\n# ip6tables-/,
		);
		expect(host.commands).toEqual([]);
		expect(host.files.get(sysctl)).toBe("60\n");
	});

	it("does in reality what it simulates", () => {
		const host = createMemoryHost();
		const simulating = createMemoryHost();
		init(simulating, "--simulate", "--ipv6=false");
		const fed: string[] = [];
		host.intercept("iptables-legacy-restore", ({ stdin }) => void fed.push(stdin ?? ""));
		init(host, "--ipv6=false");
		expect(simulating.output.join("").split("\n").slice(1).join("\n")).toBe(fed[0]);
	});

	it("prints help with examples", () => {
		const host = createMemoryHost();
		expect(runInit(host, ["--help"])).toBe(0);
		expect(host.output.join("")).toMatch(/--incoming-proxy-port PORT[\s\S]*Examples:[\s\S]*Exit status/);
	});

	it("says that -w is a no-op in mode nft", () => {
		const host = createMemoryHost();
		init(host, "-w", "--iptables-mode", "nft");
		expect(host.logged.join("\n")).toContain("--use-wait-flag does nothing in mode nft");
	});
});

describe("a result that cannot be delivered", () => {
	it("is a failure with one line, not a crash", () => {
		const host = createMemoryHost();
		const full = { ...host, stdout: () => fullDisk() };
		expect(runInit(full, [...flags, "--output", "json", "--log-level", "error"])).toBe(1);
		expect(host.logged).toEqual(["shunt init: standard output: no space left on device"]);
	});

	it("because of a bug of ours is not hidden", () => {
		const host = createMemoryHost();
		const broken = {
			...host,
			stdout: () => {
				throw new TypeError("a bug");
			},
		};
		expect(() => runInit(broken, ["--help"])).toThrow(TypeError);
	});
});

describe("the network namespace", () => {
	it("is entered before anything else happens", () => {
		const host = createMemoryHost({ netnsPaths: ["/run/netns/pod"] });
		expect(init(host, "--netns", "/run/netns/pod")).toBe(0);
		expect(host.netns).toBe("/run/netns/pod");
	});

	it("knows the namespaces of ip netns by their names", () => {
		const host = createMemoryHost({ netnsPaths: ["/run/netns/pod"] });
		expect(init(host, "--netns", "pod")).toBe(0);
		expect(host.netns).toBe("/run/netns/pod");
		expect(init(host, "--netns", "none")).toBe(64);
		expect(host.logged.join("")).toContain('--netns: "none" is not a network namespace');
	});

	it("that does not exist is bad input", () => {
		const host = createMemoryHost();
		expect(init(host, "--netns", "/run/netns/none")).toBe(64);
		expect(host.logged.join("")).toContain('--netns: "/run/netns/none" is not a network namespace');
		expect(host.commands).toEqual([]);
	});
});

describe("the close-wait time", () => {
	it("is set with the rules", () => {
		const host = createMemoryHost();
		host.files.set(sysctl, "60\n");
		expect(init(host, "--timeout-close-wait-secs", "30")).toBe(0);
		expect(host.files.get(sysctl)).toBe("30\n");
	});

	it("is put back when the rules fail", () => {
		const host = createMemoryHost();
		host.files.set(sysctl, "60\n");
		host.intercept("iptables-legacy-restore", refusal("no"));
		expect(init(host, "--timeout-close-wait-secs", "30")).toBe(69);
		expect(host.files.get(sysctl)).toBe("60\n");
	});

	it("that cannot be set leaves everything alone", () => {
		const host = createMemoryHost();
		expect(init(host, "--timeout-close-wait-secs", "30")).toBe(1);
		expect(host.logged.join("")).toContain("--timeout-close-wait-secs");
		expect(host.commands).toEqual([]);
	});
});

describe("another dialect's rules", () => {
	it("go when the mode changes, after the new ones are in", () => {
		const host = createMemoryHost();
		init(host);
		expect(init(host, "--iptables-mode", "nft")).toBe(0);
		expect(hasOurs(host, "nft")).toBe(true);
		expect(hasOurs(host, "legacy")).toBe(false);
		expect(host.commands.indexOf("iptables-nft-restore --noflush")).toBeLessThan(
			host.commands.indexOf("iptables-legacy-save -t nat"),
		);
	});

	it("stay with a warning when their tools are missing", () => {
		const host = createMemoryHost();
		init(host);
		host.uninstall("iptables-legacy-save");
		expect(init(host, "--iptables-mode", "nft")).toBe(0);
		expect(host.logged.join("\n")).toContain(
			"rules of an earlier run in mode legacy (ipv4) could not be removed",
		);
	});

	it.each(["legacy", "nft"] as const)(
		"are told apart from plain's own when plain speaks %s",
		(plainSpeaks) => {
			const other = plainSpeaks === "nft" ? "legacy" : "nft";
			const host = createMemoryHost({ plainSpeaks });
			init(host, "--iptables-mode", other);
			expect(init(host, "--iptables-mode", "plain")).toBe(0);
			expect([hasOurs(host, plainSpeaks), hasOurs(host, other)]).toEqual([true, false]);
		},
	);

	it("of a family that is off now go too", () => {
		const host = createMemoryHost();
		init(host);
		init(host, "--ipv6=false");
		expect([hasOurs(host, "legacy", "ipv4"), hasOurs(host, "legacy", "ipv6")]).toEqual([true, false]);
	});
});

describe("a mode that does not work", () => {
	it("is named with those that do, found by trying", () => {
		const host = createMemoryHost();
		host.intercept(
			"iptables-legacy-restore",
			refusal("iptables-legacy-restore: unable to initialize table 'nat'\n", 3),
		);
		expect(init(host)).toBe(69);
		expect(host.logged.join("\n")).toMatch(
			/unable to initialize table 'nat' \(exit status 3\)[\s\S]*modes that work here: nft, plain/,
		);
		expect(hasOurs(host, "nft")).toBe(false);
	});

	it("names the missing program", () => {
		const host = createMemoryHost({ env: { PATH: "/bin" } });
		host.uninstall("iptables-legacy-restore");
		expect(init(host)).toBe(69);
		expect(host.logged.join("\n")).toMatch(
			/iptables-legacy-restore: not found in PATH \(\/bin\)[\s\S]*nft, plain/,
		);
	});

	it("may be helped by leaving IPv6 alone", () => {
		const host = createMemoryHost();
		for (const infix of ["-legacy", "-nft", ""]) {
			host.intercept(`ip6tables${infix}-restore`, refusal("no IPv6 here"));
		}
		expect(init(host)).toBe(69);
		expect(host.logged.join("\n")).toContain("add --ipv6=false");
	});

	it("is another matter when the mode itself works", () => {
		const host = createMemoryHost();
		host.intercept("iptables-legacy-restore", ({ stdin }) =>
			stdin?.includes("SHUNT_PROBE") ? undefined : refusal("out of memory")(),
		);
		expect(init(host)).toBe(1);
	});

	it.each([
		["says so", "Could not fetch rule set generation id: Permission denied (you must be root)", undefined],
		["cannot know", "unable to initialize table 'nat'", "CapEff:\t0\nCapBnd:\t0\nNoNewPrivs:\t0\n"],
		["has no_new_privs", "unable to initialize table 'nat'", "CapEff:\t0\nCapBnd:\tffff\nNoNewPrivs:\t1\n"],
	])("for want of permission is told apart when the tool %s", (_what, stderr, status) => {
		const host = createMemoryHost();
		if (status !== undefined) {
			host.files.set("/proc/self/status", status);
		}
		host.intercept("iptables-legacy-restore", refusal(stderr, 4));
		expect(init(host)).toBe(77);
		expect(host.logged.at(-1)).toContain(
			"capability NET_ADMIN, and by the tools of iptables-legacy NET_RAW too",
		);
	});

	it("for want of a place for the lock says so too", () => {
		const host = createMemoryHost();
		host.intercept(
			"iptables-legacy-restore",
			refusal("Fatal: can't open lock file /run/xtables.lock: Read-only file system", 4),
		);
		expect(init(host)).toBe(69);
		expect(host.logged.join("\n")).toMatch(/mount an emptyDir there[\s\S]*modes that work here: nft/);
	});

	it("for want of a place for the lock says so too where no tool is needed", () => {
		const host = createMemoryHost({ xtables: new MemoryXtables().ask });
		host.uninstall("iptables-legacy-restore");
		const locked = {
			...host,
			lock: () => ({ name: "EROFS", number: 30, message: "read-only file system" }),
		};
		expect(init(locked)).toBe(69);
		expect(host.logged.join("\n")).toMatch(
			/xtables\.lock: read-only file system[\s\S]*mount an emptyDir there/,
		);
	});

	it("for want of a capability says that, and not that there is no place for the lock either", () => {
		const host = createMemoryHost({ xtables: new MemoryXtables().ask });
		host.files.set("/proc/self/status", "CapEff:\t0\nCapBnd:\t0\nNoNewPrivs:\t1\n");
		host.uninstall("iptables-legacy-restore");
		const locked = { ...host, lock: () => ({ name: "EACCES", number: 13, message: "permission denied" }) };
		expect(init(locked)).toBe(77);
		expect(host.logged.join("\n")).toContain("NET_ADMIN");
		expect(host.logged.join("\n")).not.toContain("emptyDir");
	});

	it("for want of a lock file says where to put one", () => {
		const host = createMemoryHost();
		host.intercept(
			"iptables-legacy-restore",
			refusal("Fatal: can't open lock file /run/xtables.lock: Permission denied", 4),
		);
		expect(init(host)).toBe(77);
		expect(host.logged.at(-1)).toContain("emptyDir");
	});

	it("because its tool hangs is not tried again", () => {
		const host = createMemoryHost();
		host.intercept("iptables-legacy-restore", () => ({
			outcome: { kind: "timed-out" },
			stdout: "",
			stderr: "",
		}));
		expect(init(host)).toBe(1);
		expect(host.logged.join("\n")).toContain("/run/xtables.lock");
		expect(host.commands.filter((command) => command.includes("nft"))).toEqual([]);
	});
});

describe("mode auto", () => {
	const auto = ["--iptables-mode", "auto", "--output", "json"];

	function choiceOf(host: MemoryHost) {
		expect(init(host, ...auto)).toBe(0);
		return JSON.parse(host.output.join("")).mode;
	}

	it("takes nft where it works, with no process more than nft itself takes", () => {
		const host = createMemoryHost();
		expect(choiceOf(host)).toEqual({ asked: "auto", used: "nft", tried: [] });
		expect(host.commands).toEqual(["iptables-nft-restore --noflush", "ip6tables-nft-restore --noflush"]);
	});

	it("goes on to what works, and tells why", () => {
		const host = createMemoryHost();
		host.intercept(
			"iptables-nft-restore",
			refusal("Could not fetch rule set generation id: Invalid argument", 4),
		);
		expect(choiceOf(host)).toEqual({
			asked: "auto",
			used: "legacy",
			tried: [
				{ mode: "nft", failure: expect.stringContaining("Could not fetch rule set generation id") },
				{ mode: "nftables", failure: expect.stringContaining("nft: not found in PATH") },
			],
		});
		expect(host.logged.join("\n")).toMatch(/mode auto: nft: .* → nftables: .* → legacy: chosen/);
	});

	it("joins a dialect in which somebody has nat rules already", () => {
		const host = createMemoryHost();
		host.natTable("legacy", "ipv6").restore("*nat\n-A OUTPUT -p udp -j ACCEPT\nCOMMIT\n");
		expect(choiceOf(host)).toMatchObject({ used: "legacy", tried: [] });
	});

	it("does not join a dialect whose table is empty", () => {
		const host = createMemoryHost();
		host.natTable("legacy", "ipv4");
		expect(choiceOf(host)).toMatchObject({ used: "nft" });
	});

	it("says what it tried when nothing works, and leaves nothing", () => {
		const host = createMemoryHost();
		for (const program of ["iptables-nft-restore", "iptables-legacy-restore"]) {
			host.intercept(program, refusal("no"));
		}
		host.intercept("iptables-restore", refusal("no"));
		expect(init(host, ...auto)).toBe(69);
		expect(host.logged.join("\n")).toMatch(/nft: .* → nftables: .* → legacy: [\s\S]*no mode works here/);
		expect(hasOurs(host, "legacy") || hasOurs(host, "nft")).toBe(false);
	});

	it("stops at a tool that hangs", () => {
		const host = createMemoryHost();
		host.intercept("iptables-nft-restore", () => ({
			outcome: { kind: "timed-out" },
			stdout: "",
			stderr: "",
		}));
		expect(init(host, ...auto)).toBe(1);
		expect(host.commands.filter((command) => command.includes("legacy"))).toEqual([]);
	});

	it("reports want of permission as that", () => {
		const host = createMemoryHost();
		for (const program of ["iptables-nft-restore", "iptables-legacy-restore", "iptables-restore", "nft"]) {
			host.intercept(program, refusal("Operation not permitted (you must be root)"));
		}
		expect(init(host, ...auto)).toBe(77);
	});
});

describe("shunt clean", () => {
	it("removes what is ours in every dialect and leaves the rest", () => {
		const host = createMemoryHost();
		host.natTable("nft", "ipv4").restore("*nat\n-A OUTPUT -p udp -j ACCEPT\nCOMMIT\n");
		const before = host.natTable("nft", "ipv4").save();
		init(host, "--iptables-mode", "nft");
		host
			.natTable("legacy", "ipv6")
			.restore("*nat\n-N PROXY_INIT_OUTPUT\n-A INPUT -j PROXY_INIT_OUTPUT\nCOMMIT\n");
		expect(runClean(host, ["--output", "json"])).toBe(0);
		expect(JSON.parse(host.output.join("")).removed).toEqual([
			{ mode: "nft", family: "ipv4" },
			{ mode: "legacy", family: "ipv6" },
			{ mode: "nft", family: "ipv6" },
		]);
		expect(host.natTable("nft", "ipv4").save()).toBe(before);
		expect(hasOurs(host, "legacy", "ipv6")).toBe(false);
	});

	it("starts no program where no table exists", () => {
		const host = createMemoryHost();
		expect(runClean(host, [])).toBe(0);
		expect(host.commands).toEqual([]);
		expect(host.logged.join("")).toContain("nothing of ours to remove");
	});

	it("is done when it has been done", () => {
		const host = createMemoryHost();
		init(host);
		expect([runClean(host, []), runClean(host, [])]).toEqual([0, 0]);
	});

	it("fails with the tool's words when something stays", () => {
		const host = createMemoryHost();
		init(host, "--ipv6=false");
		host.intercept("iptables-legacy-restore", refusal("iptables-legacy-restore: busy"));
		expect(runClean(host, [])).toBe(1);
		expect(host.logged.join("\n")).toContain("iptables-legacy-restore: busy (exit status 1)");
	});

	it.each([[["--nope"]], [["--netns"]], [["--netns", "/nowhere"]], [["-p", "1"]]])("refuses %j", (argv) => {
		expect(runClean(createMemoryHost(), argv)).toBe(64);
	});
});
