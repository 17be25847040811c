import { accessSync, constants } from "node:fs";

/** The absolute path of a program; throws when it is not installed. */
export function findProgram(name: string): string {
	const candidates = (process.env["PATH"] ?? "").split(":").map((folder) => `${folder}/${name}`);
	const found = candidates.find(isExecutable);
	if (found === undefined) {
		throw new Error(`${name} is not installed`);
	}
	return found;
}

function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
