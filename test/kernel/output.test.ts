import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pluginProgram } from "../support/cni/cni-call.ts";
import { withNetns } from "../support/netns.ts";
import { runShunt, shuntProgram } from "../support/programs.ts";
import { patientReaders, type Reader, readBy } from "../support/readers.ts";

const ports = Array.from({ length: 20_000 }, (_, index) => 2 * index + 1).join(",");
const policy = ["-p", "4143", "-o", "4140", "--proxy-uid", "2102", "--iptables-mode", "nft"] as const;
const longLists = ["--inbound-ports-to-ignore", ports, "--outbound-ports-to-ignore", ports] as const;

/** What every program that makes or looks at rules prints; the last three print more than a pipe holds. */
const results: readonly (readonly string[])[] = [
	["--help"],
	["--version"],
	["init", "--help"],
	["clean", "--help"],
	["status", "--help"],
	["init", ...policy, "--simulate"],
	["init", ...policy, "--simulate", ...longLists],
	["init", ...policy, "--simulate", "--output", "json", ...longLists],
	["init", ...policy.slice(0, -1), "nftables", "--simulate", ...longLists],
];
const named = results.map((args) => ({ name: args.map((word) => word.slice(0, 20)).join(" "), args }));

describe("what a program prints", () => {
	it.each(named)("arrives whole, in the reader's own time: $name", async ({ args }) => {
		const { stdout: text, status } = await readBy("file", [shuntProgram, ...args]);
		expect(status).toBe(0);
		for (const reader of patientReaders) {
			const read = await readBy(reader, [shuntProgram, ...args]);
			expect([reader, read.status, read.stdout.length]).toEqual([reader, 0, text.length]);
			expect(read.stdout === text).toBe(true);
		}
	});

	it.each(named)("is missed by a status and a line where nobody takes it: $name", async ({ args }) => {
		const failures: readonly (readonly [Reader, string])[] = [
			["full", "no space left on device"],
			["gone", "broken pipe"],
		];
		for (const [reader, reason] of failures) {
			const { status, stderr } = await readBy(reader, [shuntProgram, ...args]);
			expect(stderr).toMatch(new RegExp(`^shunt(?: init| clean| status)?: standard output: ${reason}$`, "m"));
			expect(stderr).not.toMatch(/this is a bug|^\s+at /m);
			expect([reader, status]).toEqual([reader, 1]);
		}
	});

	it("is missed where a reader has seen enough of it", async () => {
		const { status, stderr } = await readBy("head", [shuntProgram, ...(results.at(-1) ?? [])]);
		expect(stderr).toMatch(/^shunt init: standard output: broken pipe$/m);
		expect(status).toBe(1);
	});
});

describe.each([[["status"]], [["status", "--output", "json"]]])(
	"what %j tells of long lists",
	([...command]) => {
		const inside = async (test: (words: [string, ...string[]]) => Promise<void>) =>
			withNetns("told", async (netns) => {
				runShunt(["init", ...policy, ...longLists, "--netns", netns.path]);
				await test([shuntProgram, ...command, "--netns", netns.path]);
			});

		it("arrives whole, in the reader's own time", () =>
			inside(async (words) => {
				const { stdout: text, status } = await readBy("file", words);
				expect(status).toBe(0);
				expect(text.length).toBeGreaterThan(command.length > 1 ? 80_000 : 300);
				for (const reader of patientReaders) {
					const read = await readBy(reader, words);
					expect([reader, read.status, read.stdout === text]).toEqual([reader, 0, true]);
				}
			}));

		it("is missed by a status and a line where nobody takes it", () =>
			inside(async (words) => {
				for (const [reader, reason] of [
					["full", "no space left on device"],
					["gone", "broken pipe"],
				] as const) {
					const { status, stderr } = await readBy(reader, words);
					expect([reader, status, stderr]).toEqual([reader, 1, `shunt status: standard output: ${reason}\n`]);
				}
			}));
	},
);

describe("the plugin", () => {
	const calls = [["--version"], ["--help"], []] as const;
	it.each(calls.map((args) => [args]))("says that what it prints was not delivered: %j", async (args) => {
		const words: [string, ...string[]] = [
			...["env", `CNI_COMMAND=${args.length === 0 ? "VERSION" : ""}`],
			...pluginProgram,
			...args,
		] as [string, ...string[]];
		expect((await readBy("file", words)).status).toBe(0);
		for (const [reader, reason] of [
			["full", "no space left on device"],
			["gone", "broken pipe"],
		] as const) {
			const { status, stderr } = await readBy(reader, words);
			expect([status, stderr.split("\n").at(-2)]).toEqual([1, `shunt-cni: standard output: ${reason}`]);
			expect(stderr).not.toMatch(/^\s+at /m);
		}
	});
});

describe("a status", () => {
	it("of bad input stays that, whoever reads", async () => {
		for (const command of ["init", "clean", "status"]) {
			for (const reader of ["full", "gone", "gone stderr", "full stderr", "closed stderr"] as const) {
				const { status } = await readBy(reader, [
					shuntProgram,
					command,
					"--no-such-flag",
					"--output",
					"json",
				]);
				expect([command, reader, status]).toEqual([command, reader, 64]);
			}
		}
	});

	it.each(["full stderr", "gone stderr", "closed stderr", "slow stderr"] as const)(
		"of work that is done stays that: %s",
		(reader) =>
			withNetns("mute", async (netns) => {
				const { status } = await readBy(reader, [shuntProgram, "init", ...policy, "--netns", netns.path]);
				expect(status).toBe(0);
				expect(runShunt(["status", "--netns", netns.path]).stdout).toContain("in sync");
			}),
	);
});

it("the whole log arrives at a reader that takes its time", () =>
	withNetns("log", async (netns) => {
		const args = ["init", ...policy, ...longLists, "--netns", netns.path];
		const { stdout: log, status } = await readBy("slow stderr", [shuntProgram, ...args]);
		expect(status).toBe(0);
		expect(log).toMatch(/done in [\d.]+ ms"\n$/);
	}));

it("a disk that is full in the middle of a result is a failure", async () => {
	const folder = mkdtempSync(join(tmpdir(), "shunt-disk-"));
	// A disk of 64 KiB, in a mount namespace that goes with the shell.
	const script = 'mount -t tmpfs -o size=64k none "$0" && exec "$@" >"$0/result"';
	try {
		const { status, stderr } = await readBy("file", [
			...["unshare", "--mount", "sh", "-c", script, folder, shuntProgram],
			...(results.at(-1) ?? []),
		] as [string, ...string[]]);
		expect(stderr).toMatch(/^shunt init: standard output: no space left on device$/m);
		expect(status).toBe(1);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
});
