import { spawnSync } from "node:child_process";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tablesOf } from "../support/dialect.ts";
import { withNetns } from "../support/netns.ts";
import { runShunt, shuntProgram } from "../support/programs.ts";
import { emptyTable, standard, tableOf } from "../support/standard-policy.ts";
import { withToolFolder } from "../support/tool-folder.ts";

const args = ["init", ...standard.args, "--iptables-mode", "nft"];
const everything = [tableOf(standard), tableOf(standard)];

describe("a --netns that is none", () => {
	it.each([
		["a path that does not exist", () => "/run/netns/shunt-no-such-namespace"],
		["a path below a file", () => "/proc/self/status/net"],
		["a regular file", (folder: string) => withFile(join(folder, "regular"))],
		["a folder", (folder: string) => folder],
		["a pipe to which nobody writes", (folder: string) => pipeAt(join(folder, "pipe"))],
		["a namespace of another kind", () => "/proc/self/ns/mnt"],
	])("%s: exit 64, with the value in the error", (_what, pathIn) =>
		withToolFolder((tools) => {
			const here = currentRules();
			const path = pathIn(tools.path);
			for (const command of ["init", "clean"]) {
				const rest = command === "init" ? args.slice(1) : [];
				const { status, stderr } = runShunt([command, ...rest, "--netns", path]);
				expect(stderr).toContain(`--netns: ${JSON.stringify(path)} is not a network namespace`);
				expect(status).toBe(64);
			}
			expect(currentRules()).toBe(here);
		}),
	);

	it("is not the one that it was started in when it is empty, as a variable that is not set leaves it", () =>
		withNetns("empty", (netns) => {
			const before = tablesOf(netns, "nft");
			for (const written of [["--netns", ""], ["--netns="]]) {
				const { status, stderr } = netns.try(shuntProgram, [...args, ...written]);
				expect(stderr).toContain('--netns: "" is empty');
				expect(status).toBe(64);
			}
			expect(tablesOf(netns, "nft")).toEqual(before);
		}));
});

describe("a namespace by another path", () => {
	it("can be named as that of a process", () =>
		withNetns("by-pid", (netns) => {
			const pid = Number(netns.run("sh", ["-c", "sleep 60 >/dev/null 2>&1 & echo $!"]));
			try {
				expect(runShunt([...args, "--netns", `/proc/${pid}/ns/net`]).status).toBe(0);
				expect(tablesOf(netns, "nft")).toEqual(everything);
			} finally {
				process.kill(pid, "SIGKILL");
			}
		}));

	it("is cleaned by that path too, and a second time there is nothing to do", () =>
		withNetns("clean", (netns) => {
			expect(runShunt([...args, "--netns", netns.path]).status).toBe(0);
			for (let time = 0; time < 2; time++) {
				expect(runShunt(["clean", "--netns", netns.path]).status).toBe(0);
				expect(tablesOf(netns, "nft")).toEqual([emptyTable, emptyTable]);
			}
		}));
});

describe("a standard output that takes nothing", () => {
	it("because it is full: the rules stand, and the missing report is an error", () =>
		withNetns("full", (netns) => {
			const full = openSync("/dev/full", "w");
			const { status, stderr } = spawnSync(
				shuntProgram,
				[...args, "--netns", netns.path, "--output", "json"],
				{
					encoding: "utf8",
					timeout: 60_000,
					stdio: ["ignore", full, "pipe"],
				},
			);
			closeSync(full);
			expect(status).toBe(1);
			expect(stderr).toMatch(/standard output: no space left on device/i);
			expect(stderr).not.toMatch(/^\s+at /m);
			expect(tablesOf(netns, "nft")).toEqual(everything);
		}));

	it("because nobody reads it any more: the rules stand, and the missing report is an error", () =>
		withNetns("pipe", (netns) =>
			withToolFolder((tools) => {
				const script = '{ sleep 0.3; "$@" --output json; echo $? >"$0"; } | :';
				const status = join(tools.path, "status");
				const { stderr } = netns.try("sh", ["-c", script, status, shuntProgram, ...args]);
				expect(stderr).toMatch(/standard output: broken pipe/i);
				expect(netns.run("cat", [status])).toBe("1\n");
				expect(tablesOf(netns, "nft")).toEqual(everything);
			}),
		));
});

describe("a standard error that takes nothing", () => {
	it("is no reason to leave a pod without its rules", () =>
		withNetns("mute", (netns) => {
			const full = openSync("/dev/full", "w");
			const { status } = spawnSync(shuntProgram, [...args, "--netns", netns.path], {
				timeout: 60_000,
				stdio: ["ignore", "ignore", full],
			});
			closeSync(full);
			expect(status).toBe(0);
			expect(tablesOf(netns, "nft")).toEqual(everything);
		}));
});

function pipeAt(path: string): string {
	spawnSync("mkfifo", [path]);
	return path;
}

function withFile(path: string): string {
	writeFileSync(path, "");
	return path;
}

/** What this process's own namespace holds; the programs must never end up there. */
function currentRules(): string {
	return spawnSync("nft", ["list", "ruleset"], { encoding: "utf8", timeout: 10_000 }).stdout;
}
