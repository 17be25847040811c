import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { expect } from "vitest";
import { withNetns } from "../support/netns.ts";
import { type Define, ordinaryUser, withFolder } from "./host-contract-kit.ts";
import type { Operation } from "./host-driver.ts";
import { ask, perform, type Subject } from "./host-subject.ts";

const held = { name: "EAGAIN", number: 11 };
const lock = (path: string, waitMs: number): Operation => ({ call: "lock", with: [path, waitMs] });
const now: Operation = { call: "now", with: [] };

export function lockCases(define: Define): void {
	taking(define);
	waiting(define);
	failures(define);
}

function taking(define: Define): void {
	define("makes the lock's file for its owner alone", (subject) => {
		withFolder({}, (folder) => {
			expect(perform(subject, [lock(`${folder}/lock`, 0)]).findings).toEqual([{}]);
			expect(statSync(`${folder}/lock`).mode & 0o777).toBe(0o600);
		});
	});

	define("takes a lock that is there, through links too, and leaves what is in it", (subject) => {
		withFolder({ file: "kept" }, (folder) => {
			symlinkSync("file", `${folder}/link`);
			symlinkSync("made", `${folder}/dangling`);
			const paths = ["link", "file", "dangling"].map((name) => `${folder}/${name}`);
			const { findings } = perform(
				subject,
				paths.map((path) => lock(path, 0)),
			);
			expect(findings).toMatchObject([{}, { returned: held }, {}]);
			expect(readFileSync(`${folder}/file`, "utf8")).toBe("kept");
			expect(existsSync(`${folder}/made`)).toBe(true);
		});
	});

	define("has a lock for itself until it gives it back", (subject) => {
		withFolder({}, (folder) => {
			const path = `${folder}/lock`;
			const { findings } = perform(subject, [
				{ call: "lock a while", with: [path, {}] },
				{ call: "lock a while", with: [path, {}] },
				lock(path, 0),
				lock(path, 0),
			]);
			expect(findings).toMatchObject([{}, {}, {}, { returned: held }]);
		});
	});

	define("gives a lock back when it ends", (subject) => {
		withFolder({}, (folder) => {
			const both = [1, 2].map(() => perform(subject, [lock(`${folder}/lock`, 0)]).findings);
			expect(both).toEqual([[{}], [{}]]);
		});
	});

	define("hands no lock to its children", (subject) => {
		withFolder({}, (folder) => {
			const path = `${folder}/lock`;
			const script = `ls -l /proc/self/fd; flock --nonblock ${path} true`;
			const { findings } = perform(subject, [
				lock(path, 0),
				{ call: "run", with: [[{ argv: ["/bin/sh", "-c", script], timeoutMs: 5000 }]] },
			]);
			expect(findings[1]).toMatchObject({
				returned: [{ outcome: { kind: "exited", code: 1 }, stdout: expect.not.stringContaining(path) }],
			});
		});
	});

	define("keeps iptables' tools out, and is kept out by them", (subject) =>
		withNetns("host", (netns) => {
			withFolder({}, (folder) => {
				const path = `${folder}/lock`;
				const env = { XTABLES_LOCKFILE: path };
				const argv = ["/usr/sbin/iptables-legacy-restore", "-w", "1"] as const;
				const { findings } = perform(
					subject,
					[
						{ call: "enterNetns", with: [netns.path] },
						{ call: "lock a while", with: [path, {}] },
						{ call: "run", with: [[{ argv, stdin: "*nat\nCOMMIT\n", timeoutMs: 20_000 }]] },
						lock(path, 0),
						{ call: "run", with: [[{ argv, stdin: "*nat\nCOMMIT\n", timeoutMs: 20_000 }]] },
					],
					{ env },
				);
				expect(findings[2]).toMatchObject({ returned: [{ outcome: { kind: "exited", code: 0 } }] });
				expect(findings[4]).toMatchObject({
					returned: [
						{ outcome: { kind: "exited", code: 4 }, stderr: expect.stringContaining("xtables lock") },
					],
				});
				const tool = netns.try("sh", ["-c", `cat | iptables-legacy-restore -w`], {
					input: "*nat\nCOMMIT\n",
					env: { ...process.env, ...env },
				});
				expect([tool.status, tool.stderr]).toEqual([0, ""]);
			});
		}),
	);
}

function waiting(define: Define): void {
	define("waits for as long as it is told, without working", (subject) => {
		withFolder({}, (folder) => {
			const path = `${folder}/lock`;
			const { findings } = perform(subject, [lock(path, 0), now, lock(path, 700), now]);
			const [, before, refusal, after] = findings as { returned: number }[];
			const waited = after!.returned - before!.returned;
			expect(refusal).toMatchObject({ returned: held });
			expect(waited).toBeGreaterThanOrEqual(699);
			expect(waited).toBeLessThan(3000);
		});
	});

	for (const waitMs of [20_000, 1e300]) {
		define(`has a lock soon after somebody gave it back, waiting ${waitMs} ms`, async (subject) => {
			await withHeld(async ({ path, held: ended }) => {
				const started = Date.now();
				const { findings } = perform(subject, [lock(path, 20), lock(path, waitMs), now]);
				const done = (findings[2] as { returned: number }).returned;
				expect(findings).toMatchObject([{ returned: held }, {}, {}]);
				expect(done - started).toBeGreaterThan(300);
				expect(done - started).toBeLessThan(10_000);
				await ended;
			});
		});
	}

	define("is not held up by a pipe in the lock's place", (subject) => {
		withFolder({}, (folder) => {
			execFileSync("mkfifo", [`${folder}/pipe`]);
			expect(perform(subject, [lock(`${folder}/pipe`, 0)]).findings).toEqual([{}]);
		});
	});
}

/** A lock that flock(1) holds for 1.5 seconds. */
async function withHeld(
	use: (lock: { readonly path: string; readonly held: Promise<unknown> }) => Promise<void>,
): Promise<void> {
	const folder = execFileSync("mktemp", ["-d", "/tmp/shunt-lock-XXXXXX"], { encoding: "utf8" }).trim();
	const path = `${folder}/lock`;
	const holder = spawn("flock", [path, "sleep", "1.5"], { stdio: "ignore" });
	const ended = once(holder, "exit");
	try {
		while (spawnSync("flock", ["--nonblock", path, "true"]).status === 0) {
			// Not yet.
		}
		await use({ path, held: ended });
	} finally {
		holder.kill();
		await ended;
		execFileSync("rm", ["-r", folder]);
	}
}

function failures(define: Define): void {
	const why = (subject: Subject, path: string, surroundings = {}) => {
		const refusal = ask(subject, "lock", [path, 0], surroundings);
		return typeof refusal === "object" ? refusal.name : refusal;
	};

	define("says why there is no lock to be had", (subject) => {
		withFolder({ file: "", folder: null }, (folder) => {
			expect(why(subject, `${folder}/nowhere/lock`)).toBe("ENOENT");
			expect(why(subject, `${folder}/file/lock`)).toBe("ENOTDIR");
			expect(why(subject, `${folder}/folder`)).toBe("EISDIR");
			expect(why(subject, `${folder}/a\0b`)).toBe("EINVAL");
			expect(why(subject, `${folder}/new`, { uid: ordinaryUser })).toBe("EACCES");
			writeFileSync(`${folder}/roots`, "", { mode: 0o600 });
			expect(why(subject, `${folder}/roots`, { uid: ordinaryUser })).toBe("EACCES");
		});
	});

	define("says when the file system is read-only", (subject) => {
		withFolder({ place: null }, (folder) => {
			const mounted = `mount -t tmpfs -o ro none ${folder}/place && exec "$@"`;
			const shell = `exec unshare --mount sh -c '${mounted}' sh "$@"`;
			expect(why(subject, `${folder}/place/lock`, { shell })).toBe("EROFS");
		});
	});
}
