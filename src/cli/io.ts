import { readdirSync, statSync } from "node:fs";
import { isatty } from "node:tty";
import { writeWhole } from "../host/node-files.ts";
import { sayWhileSlow } from "../host/node-slow-line.ts";
import { writeStandardError, writeStandardOutput } from "../host/node-streams.ts";
import { readTextFile, readTextInput } from "../host/node-text.ts";
import { findChart } from "./chart/chart-folder.ts";

/** What commands need of the outside world, clusters and network namespaces apart; each says which part of it. */
export interface Io {
	/** Environment variables. */
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Whether standard output is a terminal. */
	readonly isTerminal: boolean;
	/** The chart's folder. */
	chart(): string;
	/** Throws what readTextFile throws. */
	readFile(path: string): string;
	/** All of it, or throws a HostError that does not name the file. */
	writeFile(path: string, text: string): void;
	/** The names in a directory; undefined for anything else. Throws what node:fs throws. */
	list(path: string): readonly string[] | undefined;
	/** Throws what readTextInput throws. */
	stdin(): string;
	/** All of it, or throws a HostError. */
	stdout(text: string): void;
	stderr(text: string): void;
	/** Milliseconds since the epoch. */
	now(): number;
	sleep(milliseconds: number): Promise<void>;
	/** Calls back when somebody wants this to end. Answers with what takes that back. */
	onStop(stop: () => void): () => void;
	/** As {@link Host.sayWhileSlow}. */
	sayWhileSlow(line: string | undefined): void;
}

/** For the commands that change manifests; */
export type ManifestIo = Pick<Io, "readFile" | "list" | "stdin" | "stdout" | "stderr">;
/** for those that install and change a release; */
export type ReleaseIo = Pick<Io, "env" | "chart" | "readFile" | "stdin" | "stdout" | "stderr" | "now">;
/** and for `shunt check`. */
export type CheckIo = ReleaseIo & Pick<Io, "isTerminal" | "sleep" | "onStop">;

export const processIo: Io = {
	env: process.env,
	isTerminal: isatty(1),
	chart: () => findChart("shunt"),
	readFile: readTextFile,
	writeFile: writeWhole,
	list: (path) => (statSync(path).isDirectory() ? readdirSync(path) : undefined),
	stdin: readTextInput,
	stdout: writeStandardOutput,
	stderr: writeStandardError,
	now: Date.now,
	sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
	onStop: (stop) => {
		const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
		// Once each: a second one ends the process in the system's own way.
		for (const signal of signals) {
			process.once(signal, stop);
		}
		return () => {
			for (const signal of signals) {
				process.off(signal, stop);
			}
		};
	},
	sayWhileSlow,
};

/** Does some work, and says what is waited for once it takes so long that people think a program hangs. */
export async function reportIfSlow<T>(report: () => void, work: () => Promise<T>): Promise<T> {
	const timer = setTimeout(report, patienceMs);
	try {
		return await work();
	} finally {
		clearTimeout(timer);
	}
}

const patienceMs = 2000;
