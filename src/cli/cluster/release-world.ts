import { writeStandardError, writeStandardOutput } from "../../host/node-streams.ts";
import { readTextFile, readTextInput } from "../../host/node-text.ts";
import type { Environment } from "../../kube/connect-cluster.ts";
import { findChart } from "../chart/find-chart.ts";

/** What the commands that install and change a release need of the outside world, a cluster apart. */
export interface ReleaseWorld {
	readonly env: Environment;
	/** The chart's folder. */
	chart(): string;
	/** Throws what readTextFile throws. */
	readFile(path: string): string;
	/** Throws what readTextInput throws. */
	stdin(): string;
	/** All of it, or throws a HostError. */
	stdout(text: string): void;
	stderr(text: string): void;
	/** Milliseconds since the epoch. */
	now(): number;
}

export const processWorld: ReleaseWorld = {
	env: process.env,
	chart: () => findChart("shunt"),
	readFile: readTextFile,
	stdin: readTextInput,
	stdout: writeStandardOutput,
	stderr: writeStandardError,
	now: Date.now,
};
