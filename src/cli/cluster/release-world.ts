import { readFileSync } from "node:fs";
import type { Environment } from "../../kube/connect-cluster.ts";
import { findChart } from "../chart/find-chart.ts";
import { writeOut } from "./write-out.ts";

/** What the commands that install and change a release need of the outside world, a cluster apart. */
export interface ReleaseWorld {
	readonly env: Environment;
	/** The chart's folder. */
	chart(): string;
	/** Throws what node:fs throws. */
	readFile(path: string): string;
	stdin(): string;
	/** Everything at once; resolves to why it could not be written. */
	stdout(text: string): Promise<Error | undefined>;
	stderr(text: string): void;
	/** Milliseconds since the epoch. */
	now(): number;
}

export const processWorld: ReleaseWorld = {
	env: process.env,
	chart: () => findChart("shunt"),
	readFile: (path) => readFileSync(path, "utf8"),
	stdin: () => readFileSync(0, "utf8"),
	stdout: (text) => writeOut(process.stdout, text),
	stderr: (text) => void process.stderr.write(text),
	now: Date.now,
};
