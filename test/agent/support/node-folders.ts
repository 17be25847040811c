import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Places } from "../../../src/agent/installation.ts";

/** The folders of a node that an agent works on, made for one test. */
export class NodeFolders implements Places {
	readonly root = mkdtempSync(join(tmpdir(), "shunt-agent-"));
	readonly program = join(this.root, "shunt-cni");
	readonly config = join(this.root, "plugin.json");
	readonly netDir = join(this.root, "net.d");
	readonly binDir = join(this.root, "bin");
	readonly runDir = join(this.root, "run");

	constructor() {
		for (const folder of [this.netDir, this.binDir, this.runDir]) {
			mkdirSync(folder);
		}
		writeFileSync(this.program, "the program\n");
		writeFileSync(this.config, '{"log_level":"info"}');
	}

	write(name: string, text: string, mode = 0o644): void {
		writeFileSync(join(this.netDir, name), text);
		chmodSync(join(this.netDir, name), mode);
	}

	read(name: string): string {
		return readFileSync(join(this.netDir, name), "utf8");
	}

	/** What agents of one node share; undefined while there is no such file. */
	readRun(name: string): string | undefined {
		const path = join(this.runDir, name);
		return existsSync(path) ? readFileSync(path, "utf8") : undefined;
	}

	/** The types of a list's plugins; undefined while there is no such list. */
	plugins(name: string): readonly string[] | undefined {
		try {
			return JSON.parse(this.read(name)).plugins.map(({ type }: { type: string }) => type);
		} catch {
			return undefined;
		}
	}

	names(folder = this.netDir): readonly string[] {
		return existsSync(folder) ? readdirSync(folder).sort() : [];
	}

	get installedProgram(): string {
		return join(this.binDir, "shunt-cni");
	}

	remove(): void {
		rmSync(this.root, { recursive: true, force: true });
	}
}

/** What a network's own installer writes. */
export const bridgeList = `{
  "cniVersion": "1.0.0",
  "name": "bridge",
  "x-unknown": 12345678901234567890,
  "plugins": [
    { "type": "bridge" },
    { "type": "portmap", "capabilities": { "portMappings": true } }
  ]
}
`;

/** Where every file of the three is, to be put back by a test that takes things away. */
export async function eventually(what: () => boolean, limitMs = 15_000): Promise<void> {
	const end = performance.now() + limitMs;
	while (!what()) {
		if (performance.now() > end) {
			throw new Error(`not within ${limitMs} ms: ${what}`);
		}
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
}
