import { readdirSync, readFileSync, statSync } from "node:fs";

/** What the manifest commands need of the outside world. */
export interface ManifestWorld {
	/** Throws what node:fs throws. */
	readFile(path: string): string;
	/** The names in a directory; undefined for anything else. Throws what node:fs throws. */
	list(path: string): readonly string[] | undefined;
	stdin(): string;
	stdout(text: string): void;
	stderr(text: string): void;
}

export const processWorld: ManifestWorld = {
	readFile: (path) => readFileSync(path, "utf8"),
	list: (path) => (statSync(path).isDirectory() ? readdirSync(path) : undefined),
	stdin: () => readFileSync(0, "utf8"),
	stdout: (text) => void process.stdout.write(text),
	stderr: (text) => void process.stderr.write(text),
};
