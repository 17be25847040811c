import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Subject } from "./host-subject.ts";

/** Names a case and says what has to hold. */
export type Define = (name: string, check: (subject: Subject) => void | Promise<void>) => void;

/** `nobody`. */
export const ordinaryUser = 65_534;

/** Runs `use` in a folder that everybody may look into, with these files: content, or null for a folder. */
export function withFolder<Value>(
	files: Readonly<Record<string, string | null>>,
	use: (folder: string) => Value,
): Value {
	const folder = mkdtempSync(join(tmpdir(), "shunt-host-files-"));
	try {
		chmodSync(folder, 0o755);
		for (const [path, content] of Object.entries(files)) {
			const whole = join(folder, path);
			mkdirSync(content === null ? whole : dirname(whole), { recursive: true });
			if (content !== null) {
				writeFileSync(whole, content);
			}
		}
		return use(folder);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** As {@link withFolder}, for files that can be executed. */
export function withPrograms<Value>(
	programs: Readonly<Record<string, string>>,
	use: (folder: string) => Value,
): Value {
	return withFolder(programs, (folder) => {
		for (const path of Object.keys(programs)) {
			chmodSync(join(folder, path), 0o755);
		}
		return use(folder);
	});
}
