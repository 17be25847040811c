import { execFileSync, spawn } from "node:child_process";

/** Runs a program to its end. Throws with what it said when it does not succeed. */
export function runNow(program: string, args: readonly string[], input = ""): string {
	try {
		return execFileSync(program, args, { input, encoding: "utf8", timeout: 10_000, stdio: "pipe" });
	} catch (error) {
		const said = (error as { stderr?: string }).stderr?.trim() ?? "";
		throw new Error(`${[program, ...args].join(" ")}: ${said === "" ? String(error) : said}`);
	}
}

export interface Ended {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
	/** From just before the start until the end. */
	readonly milliseconds: number;
}

/** The same without blocking, so that signals are heard meanwhile, and any exit status is an answer. */
export function run(program: string, args: readonly string[]): Promise<Ended> {
	return new Promise((resolve, reject) => {
		const started = performance.now();
		const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], timeout: 60_000 });
		const output = { stdout: "", stderr: "" };
		for (const stream of ["stdout", "stderr"] as const) {
			child[stream].setEncoding("utf8").on("data", (text) => {
				output[stream] += text;
			});
		}
		child.on("error", reject);
		child.on("close", (status) => resolve({ status, ...output, milliseconds: performance.now() - started }));
	});
}
