import { expect } from "vitest";
import type { Command } from "../../src/host/host.ts";
import type { Define } from "./host-contract-kit.ts";
import { ask } from "./host-subject.ts";

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

	define("hands over 8 MB of input whole", (subject) => {
		const stdin = `${"0123456789abcdef".repeat(eightMegabytes / 16)}ä→𝄞`;
		const [result] = ask(subject, "run", [[{ ...sh("cat"), stdin }]]);
		expect(result?.outcome).toEqual({ kind: "exited", code: 0 });
		expect(result?.stdout === stdin).toBe(true);
	});

	define("survives a child that never reads its 8 MB of input, or closes it", (subject) => {
		const stdin = "x".repeat(eightMegabytes);
		const scripts = [
			"sleep 0.3; exit 3",
			"exec <&-; sleep 0.3; exit 4",
			"head -c 1 >/dev/null; exit 5",
			"exit 6",
		];
		const results = ask(subject, "run", [scripts.map((script) => ({ ...sh(script), stdin }))]);
		expect(results.map(({ outcome }) => outcome)).toEqual(
			[3, 4, 5, 6].map((code) => ({ kind: "exited", code })),
		);
	});

	define("gives each child its own input", (subject) => {
		const results = ask(subject, "run", [["a", "b", "c"].map((stdin) => ({ ...sh("cat"), stdin }))]);
		expect(results.map(({ stdout }) => stdout)).toEqual(["a", "b", "c"]);
	});

	define("works for a child whose parent was started without standard descriptors", (subject) => {
		const [result] = ask(subject, "run", [[{ ...sh("cat; echo err >&2"), stdin: "in" }]], {
			shell: 'exec "$@" <&- >&- 2>&-',
		});
		expect(result).toMatchObject({ stdout: "in", stderr: "err\n" });
	});
}

function sh(script: string): Command {
	return { argv: ["/bin/sh", "-c", script], timeoutMs: 60_000 };
}
