import { expect } from "vitest";
import type { Command, CommandResult } from "../../src/host/host.ts";
import type { Define } from "./host-contract-kit.ts";
import type { GivenCommand, Operation } from "./host-driver.ts";
import { ask, perform, type Subject, type Surroundings } from "./host-subject.ts";

const eightMegabytes = 8 * 1024 * 1024;

/** What children write and read, however much it is. */
export function outputCases(define: Define): void {
	define("keeps a child's two outputs apart", (subject) => {
		const [result] = ask(subject, "run", [[sh("echo out; echo err >&2; echo out; echo err >&2")]]);
		expect(result).toMatchObject({ stdout: "out\nout\n", stderr: "err\nerr\n" });
	});

	define("takes 8 MB on both outputs of two children at once", (subject) => {
		const fill = (out: string, err: string) =>
			sh(
				`head -c ${eightMegabytes} /dev/zero | tr '\\0' ${out}; head -c ${eightMegabytes} /dev/zero | tr '\\0' ${err} >&2`,
			);
		const results = ask(subject, "run", [[fill("a", "b"), fill("c", "d")]]);
		// Compared like this, because a difference of megabytes cannot be shown.
		const whole = (text: string, letter: string) => text === letter.repeat(eightMegabytes);
		expect(results.map(({ stdout }, index) => whole(stdout, "ac"[index] ?? ""))).toEqual([true, true]);
		expect(results.map(({ stderr }, index) => whole(stderr, "bd"[index] ?? ""))).toEqual([true, true]);
	});

	define("takes what a child that fails, dies or is too slow has written before", (subject) => {
		const commands = [
			sh("echo a; exit 1"),
			sh("echo b; kill -KILL $$"),
			{ ...sh("echo c; exec sleep 50"), timeoutMs: 300 },
		];
		const results = ask(subject, "run", [commands]);
		expect(results.map(({ stdout }) => stdout)).toEqual(["a\n", "b\n", "c\n"]);
	});

	define("replaces what is not UTF-8", (subject) => {
		const [result] = ask(subject, "run", [[sh("printf 'a\\377b\\303\\244\\303'; printf '\\200' >&2")]]);
		expect(result).toMatchObject({ stdout: "a�bä�", stderr: "�" });
	});

	define("ends a child's input", (subject) => {
		const [result] = ask(subject, "run", [
			[{ ...sh("cat; echo end"), stdin: undefined as never }, sh("cat")],
		]);
		expect(result?.stdout).toBe("end\n");
	});

	for (const [how, run] of Object.entries(waysToGiveInput)) {
		inputCases(define, how, run);
	}

	define("works for a child whose parent was started without standard descriptors", (subject) => {
		for (const run of Object.values(waysToGiveInput)) {
			const [result] = run(subject, [{ ...sh("cat; echo err >&2"), stdin: "in" }], {
				shell: 'exec "$@" <&- >&- 2>&-',
			});
			expect(result).toMatchObject({ stdout: "in", stderr: "err\n" });
		}
	});
}

/** Known before the child starts, or made meanwhile. */
const waysToGiveInput = {
	given: (subject: Subject, commands: readonly GivenCommand[], surroundings?: Surroundings) =>
		ask(subject, "run", [commands], surroundings),
	made: (subject: Subject, commands: readonly GivenCommand[], surroundings?: Surroundings) => {
		const operation: Operation = { call: "run making input", with: [commands, {}] };
		const [finding] = perform(subject, [operation], surroundings).findings;
		expect(finding).toHaveProperty("returned");
		return (finding as { readonly returned: readonly CommandResult[] }).returned;
	},
};

function inputCases(define: Define, how: string, run: (typeof waysToGiveInput)["made" | "given"]): void {
	define(`hands over 8 MB of input whole, ${how}`, (subject) => {
		const stdin = `${"0123456789abcdef".repeat(eightMegabytes / 16)}ä→𝄞`;
		const [result] = run(subject, [{ ...sh("cat"), stdin }]);
		expect(result?.outcome).toEqual({ kind: "exited", code: 0 });
		expect(result?.stdout === stdin).toBe(true);
	});

	define(`hands over 8 MB of input to two that take their time, ${how}`, (subject) => {
		const stdin = "0123456789abcdef".repeat(eightMegabytes / 16);
		const slow = { ...sh("sleep 0.2; head -c 100000; sleep 0.2; cat"), stdin };
		expect(run(subject, [slow, slow]).map(({ stdout }) => stdout === stdin)).toEqual([true, true]);
	});

	define(`survives a child that never reads its 8 MB of input, or closes it, ${how}`, (subject) => {
		const stdin = "x".repeat(eightMegabytes);
		const scripts = [
			"sleep 0.3; exit 3",
			"exec <&-; sleep 0.3; exit 4",
			"head -c 1 >/dev/null; exit 5",
			"exit 6",
		];
		const results = run(
			subject,
			scripts.map((script) => ({ ...sh(script), stdin })),
		);
		expect(results.map(({ outcome }) => outcome)).toEqual(
			[3, 4, 5, 6].map((code) => ({ kind: "exited", code })),
		);
	});

	define(`ends a child that takes none of its 8 MB of input in time, ${how}`, (subject) => {
		const command = { ...sh("exec sleep 50"), stdin: "x".repeat(eightMegabytes), timeoutMs: 300 };
		expect(run(subject, [command])).toMatchObject([{ outcome: { kind: "timed-out" } }]);
	});

	define(`gives each child its own input, ${how}`, (subject) => {
		const results = run(
			subject,
			["a", "b", "c"].map((stdin) => ({ ...sh("cat"), stdin })),
		);
		expect(results.map(({ stdout }) => stdout)).toEqual(["a", "b", "c"]);
	});
}

function sh(script: string): Command {
	return { argv: ["/bin/sh", "-c", script], timeoutMs: 60_000 };
}
