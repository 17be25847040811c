import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt } from "../support/programs.ts";

/** No program that could be started but the runtime itself: what is done and said is by the kernel alone. */
const folder = mkdtempSync(join(tmpdir(), "shunt-alone-"));
symlinkSync(process.execPath, join(folder, "node"));
const env = { PATH: folder };

afterAll(() => rmSync(folder, { recursive: true }));

const policy = ["-p", "4143", "-o", "4140", "--proxy-uid", "2102", "--inbound-ports-to-ignore", "25,80-90"];
const modes = ["nftables", "nft", "legacy"];

function run(netns: Netns, command: string, ...args: readonly string[]) {
	const { status, stdout, stderr } = runShunt([command, "--netns", netns.path, ...args], { env });
	expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
	return { stdout, stderr };
}

function init(netns: Netns, mode: string, ...args: readonly string[]) {
	return JSON.parse(
		run(netns, "init", ...policy, "--iptables-mode", mode, "--output", "json", ...args).stdout,
	);
}

const both = (outcome: string) => ["ipv4", "ipv6"].map((family) => ({ family, outcome }));

it.each(modes)("mode %s works from the first run to the last", (mode) =>
	withNetns("no-tools", (netns) => {
		expect(init(netns, mode)).toMatchObject({ via: "kernel", families: both("created") });
		expect(init(netns, mode)).toMatchObject({ via: "kernel", families: both("unchanged") });
		const changed = init(netns, mode, "--outbound-ports-to-ignore", "443");
		expect(changed).toMatchObject({ via: "kernel", families: both("replaced") });
		const found = JSON.parse(run(netns, "status", "--output", "json").stdout);
		expect(JSON.stringify(found)).toContain('"in-sync"');
		if (process.env["SHUNT_PROGRAM"] === undefined) {
			const told = run(netns, "explain", "outbound", "1.2.3.4:80", "--output", "json").stdout;
			expect(told).toContain("redirect-all-outgoing-to-proxy-port");
		}
		const removed = JSON.parse(run(netns, "clean", "--output", "json").stdout).removed;
		expect(new Set(removed.map((each: { mode: string }) => each.mode))).toEqual(new Set([mode]));
		expect(netns.run("nft", ["list", "ruleset"])).toBe("");
		expect(netns.natTable("legacy", "ipv4").filter((line) => line.startsWith("-A"))).toEqual([]);
	}),
);

it("a walk through all modes leaves the last one's rules alone", () =>
	withNetns("no-tools", (netns) => {
		for (const mode of [...modes, ...modes.toReversed()]) {
			init(netns, mode);
			const holders = [
				["nftables", netns.run("nft", ["list", "ruleset"]).includes("table inet shunt")],
				["nft", netns.natTable("nft", "ipv6").some((line) => line.includes("PROXY_INIT"))],
				["legacy", netns.natTable("legacy", "ipv6").some((line) => line.includes("PROXY_INIT"))],
			].flatMap(([name, holds]) => (holds === true ? [name] : []));
			expect(holders).toEqual([mode]);
		}
	}));

it("a trial tells which modes the kernel serves", () =>
	withNetns("no-tools", (netns) => {
		const { dialects } = JSON.parse(run(netns, "init", "--probe", "--iptables-mode", "auto").stdout);
		expect(Object.keys(dialects).filter((dialect) => dialects[dialect].ok)).toEqual([
			"legacy",
			"nft",
			"nftables",
		]);
		expect(dialects.plain.code).toBe("missing-tool");
		expect(netns.run("nft", ["list", "ruleset"])).toBe("");
	}));

it("mode auto takes the first, and mode plain says what it lacks", () =>
	withNetns("no-tools", (netns) => {
		expect(init(netns, "auto")).toMatchObject({ mode: { used: "nft" }, via: "kernel" });
		const args = ["init", "--netns", netns.path, ...policy, "--iptables-mode", "plain"];
		const { status, stderr } = runShunt(args, { env });
		expect(status).toBe(69);
		expect(stderr).toContain("iptables-restore");
	}));
