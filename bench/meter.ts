import { type ChildProcessByStdio, spawn } from "node:child_process";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

/** A program and its arguments; standard input comes from a file, since nothing but the program shall be measured. */
export interface Command {
	readonly argv: readonly [string, ...string[]];
	readonly stdin?: string;
	/**
	 * Starts in the meter's own network namespace, as what a container runtime starts does, with the path of the fresh one in
	 * CNI_NETNS.
	 */
	readonly outside?: true;
}

/** Commands of a step run side by side, steps one after the other. */
export type Steps = readonly (readonly Command[])[];

/** Milliseconds of one run. */
export interface Sample {
	readonly wall: number;
	/** User and system time of all processes together. */
	readonly cpu: number;
	/** Under a quota: in how many periods it had none left. */
	readonly throttled?: number;
}

export interface Many {
	readonly command: Command;
	readonly count: number;
	readonly parallel: number;
}

interface Request {
	readonly steps?: Steps;
	/** Run before, and not measured. */
	readonly before?: Steps;
	readonly quota?: number;
}

interface Answer extends Sample {
	readonly failures: number;
	readonly error?: string;
}

const program = fileURLToPath(new URL("measure.py", import.meta.url));

/** What a container has, and where this Node is: every program that is searched for costs a call for each folder. */
const containerPath = `/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:${dirname(process.execPath)}`;

/** The process that starts, waits for and measures others; see measure.py. */
export class Meter {
	readonly #child: ChildProcessByStdio<Writable, Readable, null>;
	readonly #answers: AsyncIterator<string>;

	/** Lock files go to `folder`: on the machine's own one, whoever else programs rules would be measured too. */
	constructor(folder: string) {
		const env = { PATH: containerPath, XTABLES_LOCKFILE: `${folder}/xtables.lock` };
		// Without the site module, so that nothing that is installed for Python can get in the way.
		this.#child = spawn("python3", ["-S", "-E", program], { env, stdio: ["pipe", "pipe", "inherit"] });
		this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
	}

	/** Runs steps in one fresh network namespace, in which others may have run before. */
	measure(steps: Steps, before: Steps = []): Promise<Sample> {
		return this.#succeed({ steps, before });
	}

	/** The same with so many microseconds of CPU time in every 100 ms. Rejects where control groups cannot be made. */
	measureUnderQuota(steps: Steps, quota: number): Promise<Sample> {
		return this.#succeed({ steps, quota });
	}

	/** Runs a command many times, each in a fresh network namespace. */
	measureMany(many: Many): Promise<Sample> {
		return this.#succeed(many);
	}

	stop(): void {
		this.#child.stdin.end();
	}

	async #succeed(request: Request | Many): Promise<Sample> {
		const answer = await this.#ask(request);
		if (answer.error !== undefined) {
			throw new Error(answer.error);
		}
		if (answer.failures > 0) {
			throw new Error(`${answer.failures} of these failed: ${JSON.stringify(request)}`);
		}
		return answer;
	}

	async #ask(request: Request | Many): Promise<Answer> {
		this.#child.stdin.write(`${JSON.stringify(request)}\n`);
		const { value, done } = await this.#answers.next();
		if (done === true) {
			throw new Error("measure.py ended");
		}
		return JSON.parse(value);
	}
}
