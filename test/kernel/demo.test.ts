import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { DialectResult } from "../../demo/demo.ts";
import { realTool, withToolFolder } from "../support/tool-folder.ts";

const program = fileURLToPath(new URL("../../dist/demo/main.js", import.meta.url));

const kernelWithout = fileURLToPath(new URL("../support/kernel-without.mjs", import.meta.url));

describe("make demo", () => {
	it("shows in every dialect that each connection goes the way the plan says", async () => {
		const demo = startDemo(["--json"]);
		const { status, stdout, stderr } = await demo.ended;
		expect(stderr).toMatch(/^(… .*\n)+$/);
		expect(status).toBe(0);
		const { results }: { results: DialectResult[] } = JSON.parse(stdout);
		for (const mode of ["legacy", "nft", "nftables"]) {
			const result = results.find((candidate) => candidate.mode === mode);
			expect(result?.applied.kind).toBe("applied");
			expect(result?.trials.length).toBe(16);
			expect(new Set(result?.trials.map(({ expected }) => expected.path))).toEqual(
				new Set(["direct", "inbound", "outbound"]),
			);
		}
		expect(results.flatMap(({ trials }) => trials).filter(({ ok }) => !ok)).toEqual([]);
		expectNothingLeft(demo);
	});

	it("prints a table that fits into 120 columns, without colours where nobody sees them", async () => {
		const { stdout } = await startDemo([]).ended;
		expect(stdout).toMatch(
			/client → app:8080 +proxy, inbound :4143 +1 inbound +the proxy, uid 2102 +IPv4 ✓ {2}IPv6 ✓/,
		);
		expect(stdout).toMatch(/All \d+ connections went the way the plan says/);
		expect(stdout).not.toContain("\u001b");
		expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
	});

	it("fails when a connection goes another way", async () => {
		await withToolFolder(async (tools) => {
			// Rules that are accepted and then do not hold, in the mode that always has programs make them.
			const flush = `${realTool("iptables")} -t nat -F PROXY_INIT_REDIRECT`;
			tools.script("iptables-restore", `"$real" "$@"; status=$?; ${flush} 2>/dev/null; exit $status`);
			const demo = startDemo(["--json"], `${tools.path}:${process.env["PATH"]}`);
			const { status, stdout } = await demo.ended;
			expect(status).toBe(1);
			const { results }: { results: DialectResult[] } = JSON.parse(stdout);
			const wrong = results.flatMap(({ mode, trials }) =>
				trials
					.filter(({ ok }) => !ok)
					.map(({ connection, family }) => `${mode} ${family} ${connection.title}:${connection.port}`),
			);
			expect(wrong).toContain("plain ipv4 client → app:8080");
			expect(wrong.filter((line) => !line.endsWith(" ipv4 client → app:8080"))).toEqual([]);
			expectNothingLeft(demo);
		});
	});

	it("fails where no dialect can be used", async () => {
		await withToolFolder(async (tools) => {
			tools.link("env", "ip", "setpriv", "tee");
			const demo = startDemo([], tools.path, [kernelWithout, "nf_tables,ip_tables", process.execPath]);
			const { status, stdout } = await demo.ended;
			expect(stdout).toMatch(/legacy {2}cannot be used on this machine: .*not found in PATH/);
			expect(stdout).toContain("No dialect can be used on this machine.");
			expect(status).toBe(69);
			expectNothingLeft(demo);
		});
	});

	it("fails and cleans up when something breaks in the middle", async () => {
		await withToolFolder(async (tools) => {
			tools.script("setpriv", "exit 3");
			const demo = startDemo([], `${tools.path}:${process.env["PATH"]}`);
			expect((await demo.ended).status).not.toBe(0);
			expectNothingLeft(demo);
		});
	});

	it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("cleans up on %s", async (signal) => {
		const demo = startDemo([]);
		await demo.isUnderWay;
		const processes = processesOf(demo);
		demo.child.kill(signal);
		const { status, stderr } = await demo.ended;
		expect(stderr).toContain(`demo: ${signal}, cleaning up`);
		expect(status).toBeGreaterThan(128);
		expectNothingLeft(demo);
		await expect.poll(() => processes.filter(isAlive)).toEqual([]);
	});

	it("cleans up when nobody reads on", async () => {
		const demo = startDemo([]);
		await demo.isUnderWay;
		demo.child.stdout?.destroy();
		expect((await demo.ended).status).not.toBe(0);
		expectNothingLeft(demo);
	});

	it("works after a run that was killed, and removes what that left", async () => {
		const killed = startDemo([]);
		await killed.isUnderWay;
		const orphans = processesOf(killed);
		expect(orphans.length).toBeGreaterThan(3);
		killed.child.kill("SIGKILL");
		await killed.ended;
		expect(namespacesOf(killed)).toHaveLength(3);
		const next = startDemo([]);
		expect((await next.ended).status).toBe(0);
		expect(orphans.filter(isAlive)).toEqual([]);
		expectNothingLeft(killed);
		expectNothingLeft(next);
	});
});

interface Demo {
	readonly child: ChildProcess;
	readonly ended: Promise<{ status: number | null; stdout: string; stderr: string }>;
	/** The first dialect is being tried. */
	readonly isUnderWay: Promise<void>;
}

function startDemo(args: readonly string[], path = process.env["PATH"], under: readonly string[] = []): Demo {
	const child = spawn(process.execPath, [...under, program, ...args], {
		env: { ...process.env, PATH: path },
		stdio: ["ignore", "pipe", "pipe"],
		timeout: 60_000,
	});
	const output = { stdout: "", stderr: "" };
	const isUnderWay = new Promise<void>((resolve) => {
		child.stderr.setEncoding("utf8").on("data", (text) => {
			output.stderr += text;
			if (output.stderr.includes("applying")) {
				resolve();
			}
		});
	});
	child.stdout.setEncoding("utf8").on("data", (text) => {
		output.stdout += text;
	});
	const ended = new Promise<Awaited<Demo["ended"]>>((resolve, reject) => {
		child.on("error", reject);
		child.on("close", (status) => resolve({ status, ...output }));
	});
	return { child, ended, isUnderWay };
}

function namespacesOf({ child }: Demo): string[] {
	const listed = execFileSync("ip", ["netns", "list"], { encoding: "utf8" });
	return listed.match(new RegExp(`^shunt-demo-${child.pid}-\\w+`, "gm")) ?? [];
}

function processesOf(demo: Demo): number[] {
	return namespacesOf(demo).flatMap((name) =>
		execFileSync("ip", ["netns", "pids", name], { encoding: "utf8" }).split("\n").filter(Boolean).map(Number),
	);
}

/** A zombie has ended, and only waits for init to notice. */
function isAlive(pid: number): boolean {
	const stat = `/proc/${pid}/stat`;
	return existsSync(stat) && !/\) Z /.test(readFileSync(stat, "utf8"));
}

function expectNothingLeft(demo: Demo): void {
	expect(namespacesOf(demo)).toEqual([]);
}
