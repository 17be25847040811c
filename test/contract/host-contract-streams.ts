import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { Host } from "../../src/host/host.ts";
import { type Define, withFolder } from "./host-contract-kit.ts";
import type { Operation } from "./host-driver.ts";
import { ask, askForTrouble, perform } from "./host-subject.ts";

const say = (call: "stdout" | "log", text: string): Operation => ({ call, with: [text] });
const pause: Operation = { call: "run", with: [[{ argv: ["/bin/sleep", "0.4"], timeoutMs: 5000 }]] };

/** Our own descriptors, environment and clock. */
export function streamCases(define: Define): void {
	writing(define);
	failingToWrite(define);
	reading(define);
	environmentAndClock(define);
}

function writing(define: Define): void {
	const operations = [
		say("stdout", "a\n"),
		say("log", "b"),
		say("stdout", "c"),
		say("log", ""),
		say("log", "ä→𝄞"),
	];

	define("writes results to standard output and lines to standard error", (subject) => {
		const { stdout, stderr } = perform(subject, operations);
		expect({ stdout, stderr }).toEqual({ stdout: "a\nc", stderr: "b\n\nä→𝄞\n" });
	});

	define("keeps the order where both are the same", (subject) => {
		expect(perform(subject, operations, { shell: 'exec "$@" 2>&1' }).stdout).toBe("a\nb\nc\nä→𝄞\n");
	});

	define("has said what was logged before it starts a child", (subject) => {
		withFolder({ log: "" }, (folder) => {
			const look: Operation = {
				call: "run",
				with: [[{ argv: ["/bin/cat", `${folder}/log`], timeoutMs: 5000 }]],
			};
			const { findings } = perform(subject, [say("log", "before"), look, say("log", "after")], {
				shell: `exec "$@" 2>${folder}/log`,
			});
			expect(findings[1]).toMatchObject({ returned: [{ stdout: "before\n" }] });
			expect(readFileSync(`${folder}/log`, "utf8")).toBe("before\nafter\n");
		});
	});

	define("writes megabytes to a pipe whose reader takes its time", (subject) => {
		const text = "x".repeat(4_000_000);
		const { findings, stdout } = perform(subject, [say("stdout", text)], {
			shell: '"$@" | { sleep 0.3; cat; }',
		});
		expect(findings).toEqual([{}]);
		expect(stdout === text).toBe(true);
	});

	define("writes whole also where the pipe would rather not wait", (subject) => {
		const unblock = "fcntl($_, F_SETFL, O_NONBLOCK) for \\*STDOUT, \\*STDERR; exec @ARGV";
		const text = "x".repeat(1_000_000);
		const { findings, stdout } = perform(subject, [say("stdout", text), say("log", text)], {
			shell: `{ perl -MFcntl -e '${unblock}' -- "$@" 2>&1; } | { sleep 0.3; cat; }`,
		});
		expect(findings).toEqual([{}, {}]);
		expect(stdout === `${text}${text}\n`).toBe(true);
	});

	define("logs nothing that would steer a terminal, and prints what it is given", (subject) => {
		const text = "\u001b[31m\u009b1m\u202ea\u2066\nb";
		const { stdout, stderr } = perform(subject, [say("stdout", text), say("log", text)]);
		expect({ stdout, stderr }).toEqual({
			stdout: text,
			stderr: "\\u001b[31m\\u009b1m\\u202ea\\u2066\\nb\n",
		});
	});

	define("replaces half a surrogate pair rather than refuse it", (subject) => {
		const { findings, stdout, stderr } = perform(subject, [say("stdout", "a\ud800b"), say("log", "\udc00")]);
		expect(findings).toEqual([{}, {}]);
		expect({ stdout, stderr }).toEqual({ stdout: "a�b", stderr: "�\n" });
	});
}

function failingToWrite(define: Define): void {
	define("says that a result could not be delivered", (subject) => {
		expect(askForTrouble(subject, "stdout", ["x"], { shell: 'exec "$@" >/dev/full' })).toEqual({
			name: "HostError",
			code: "failed",
			message: "standard output: no space left on device",
		});
	});

	define("survives that nobody reads any more, and says so", (subject) => {
		const { findings, stderr } = perform(subject, [pause, say("stdout", "x")], {
			shell: '{ "$@"; echo "status $?" >&2; } | :',
		});
		expect(findings[1]).toEqual({
			threw: { name: "HostError", code: "failed", message: "standard output: broken pipe" },
		});
		expect(stderr).toBe("status 0\n");
	});

	define("does not mind a log that nobody can read", (subject) => {
		const full = perform(subject, [say("log", "x"), say("stdout", "y")], { shell: 'exec "$@" 2>/dev/full' });
		expect([full.findings, full.stdout, full.status]).toEqual([[{}, {}], "y", 0]);
		const broken = perform(subject, [pause, say("log", "x"), say("stdout", "y")], {
			shell: 'exec 3>&1; { "$@" 2>&1 >&3; echo "status $?" >&3; } | :',
		});
		expect([broken.findings.slice(1), broken.stdout]).toEqual([[{}, {}], "ystatus 0\n"]);
	});
}

function reading(define: Define): void {
	define("reads all of standard input", (subject) => {
		const text = `ä→𝄞${"x".repeat(1_000_000)}`;
		expect(ask(subject, "stdin", [], { stdin: text }) === text).toBe(true);
		expect(ask(subject, "stdin", [], { stdin: "\ufeffx" })).toBe("\ufeffx");
		expect(ask(subject, "stdin", [])).toBe("");
	});

	define("waits for the end of standard input", (subject) => {
		const shell = '{ printf a; sleep 0.2; printf b; } | "$@"';
		expect(ask(subject, "stdin", [], { shell })).toBe("ab");
	});

	define("refuses what is not UTF-8 on standard input, by its byte", (subject) => {
		for (const [bytes, place] of [
			["a\\nb\\351", "0xe9 at offset 3 (line 2)"],
			["\\377\\201", "0xff at offset 0 (line 1)"],
			["a\\303", "0xc3 at offset 1 (line 1)"],
		] as const) {
			const shell = `printf '${bytes}' | "$@"`;
			expect(askForTrouble(subject, "stdin", [], { shell })).toEqual({
				name: "HostError",
				code: "invalid",
				message: `standard input: is not UTF-8: byte ${place}`,
			});
		}
	});

	define("reads nothing where there is no standard input, and says when it cannot be read", (subject) => {
		expect(ask(subject, "stdin", [], { shell: 'exec "$@" <&-' })).toBe("");
		const trouble = askForTrouble(subject, "stdin", [], { shell: 'exec "$@" </' });
		expect(trouble).toMatchObject({ name: "HostError", code: "invalid" });
		expect(trouble.message).toMatch(/^standard input: .*directory$/);
	});
}

function environmentAndClock(define: Define): void {
	define("shows the environment", (subject) => {
		const names = ["SET", "EMPTY", "UNSET", "", "N\0L"];
		const operations = names.map((name): Operation => ({ call: "env", with: [name] }));
		const { findings } = perform(subject, operations, { env: { SET: "ä=b c", EMPTY: "" } });
		expect(findings).toEqual([{ returned: "ä=b c" }, { returned: "" }, {}, {}, {}]);
	});

	define("tells the time, and never goes back", (subject) => {
		const now: Operation = { call: "now", with: [] };
		const before = Date.now();
		const { findings } = perform(subject, [now, ...Array.from({ length: 200 }, () => now), pause, now]);
		const times = findings.flatMap((finding) =>
			"returned" in finding && typeof finding.returned === "number" ? [finding.returned] : [],
		) as ReturnType<Host["now"]>[];
		expect(times).toHaveLength(202);
		expect(times.every((time, index) => index === 0 || time >= (times[index - 1] ?? 0))).toBe(true);
		expect(times[0]).toBeGreaterThan(before - 1000);
		expect(times.at(-1)).toBeLessThan(Date.now() + 1000);
		expect((times.at(-1) ?? 0) - (times.at(-2) ?? 0)).toBeGreaterThanOrEqual(399);
		expect(times.some((time) => !Number.isInteger(time))).toBe(true);
	});

	define("pauses for as long as it is told", (subject) => {
		const operations: Operation[] = [0, 30, 0].flatMap((milliseconds): Operation[] => [
			{ call: "now", with: [] },
			{ call: "pause", with: [milliseconds] },
		]);
		const { findings } = perform(subject, operations);
		const times = findings.flatMap((finding) =>
			"returned" in finding && typeof finding.returned === "number" ? [finding.returned] : [],
		);
		expect(times).toHaveLength(3);
		expect((times[2] ?? 0) - (times[1] ?? 0)).toBeGreaterThanOrEqual(29);
	});
}
