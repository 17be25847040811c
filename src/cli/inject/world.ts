import { readdirSync, statSync } from "node:fs";
import { writeStandardError, writeStandardOutput } from "../../host/node-streams.ts";
import { readTextFile, readTextInput } from "../../host/node-text.ts";

/** What the manifest commands need of the outside world. */
export interface ManifestWorld {
	/** Throws what readTextFile throws. */
	readFile(path: string): string;
	/** The names in a directory; undefined for anything else. Throws what node:fs throws. */
	list(path: string): readonly string[] | undefined;
	/** Throws what readTextInput throws. */
	stdin(): string;
	/** All of it, or throws a HostError. */
	stdout(text: string): void;
	stderr(text: string): void;
}

export const processWorld: ManifestWorld = {
	readFile: readTextFile,
	list: (path) => (statSync(path).isDirectory() ? readdirSync(path) : undefined),
	stdin: readTextInput,
	stdout: writeStandardOutput,
	stderr: writeStandardError,
};
