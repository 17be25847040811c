import { spawn } from "node:child_process";
import type { Ended } from "./programs.ts";

/** Of a pipeline's first program, in bash. */
const itsStatus = `exit "\${PIPESTATUS[0]}"`;

/** Who is at the other end of a program's output; each starts `"$@"` and ends with its status. */
const scripts = {
	/** A file, which takes everything at once: what there is to read. */
	file: 'out=$(mktemp); "$@" >"$out"; status=$?; cat "$out"; rm "$out"; exit $status',
	/** By the time that it begins, the pipe is full. */
	slow: `"$@" | { sleep 0.5; cat; }; ${itsStatus}`,
	/** A pipe of one page (F_SETPIPE_SZ), emptied by the spoonful. */
	small: `"$@" | perl -e 'fcntl(STDIN, 1031, 4096); while (sysread(STDIN, $x, 700)) { print $x }'; ${itsStatus}`,
	/** As slow as the other, at a pipe that would rather fail than wait. */
	impatient: `perl -MFcntl -e 'fcntl(STDOUT, F_SETFL, O_NONBLOCK); exec @ARGV' -- "$@" | { sleep 0.5; cat; }; ${itsStatus}`,
	/** It went away before the first byte. */
	gone: `exec perl -e 'pipe(R, W); close(R); open(STDOUT, ">&", W); exec @ARGV' -- "$@"`,
	/** It goes away after a line. */
	head: `"$@" | head -n 1; ${itsStatus}`,
	full: 'exec "$@" >/dev/full',
	closed: 'exec "$@" >&-',
	/** The same for standard error, which the test sees as standard output. */
	"slow stderr": `{ "$@" 2>&1 >/dev/null; } | { sleep 0.5; cat; }; ${itsStatus}`,
	"gone stderr": `exec perl -e 'pipe(R, W); close(R); open(STDERR, ">&", W); exec @ARGV' -- "$@"`,
	"full stderr": 'exec "$@" 2>/dev/full',
	"closed stderr": 'exec "$@" 2>&-',
} as const;

export type Reader = keyof typeof scripts;

/** Those that take everything, each in its own time. */
export const patientReaders = ["slow", "small", "impatient"] as const satisfies readonly Reader[];

/** Runs a program, with somebody else at the end of its standard output. */
export function readBy(
	reader: Reader,
	[program, ...args]: readonly [string, ...string[]],
	input = "",
): Promise<Ended> {
	const child = spawn("bash", ["-c", scripts[reader], "bash", program, ...args], {
		timeout: 120_000,
		killSignal: "SIGKILL",
	});
	let stdout = "";
	let stderr = "";
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		stdout += text;
	});
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		stderr += text;
	});
	// A program that is done before it has read everything is none of the test's business.
	child.stdin.on("error", () => undefined).end(input);
	return new Promise((resolve, reject) => {
		child.on("error", reject);
		child.on("close", (status) => resolve({ status, stdout, stderr }));
	});
}
