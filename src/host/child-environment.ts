import { defaultPath } from "./program-path.ts";

/**
 * All that a child sees of our environment. `LC_ALL=C` because we read the tools' messages; `XTABLES_*` because
 * XTABLES_LOCKFILE and XTABLES_LIBDIR are how an image without /run or with its own extensions makes iptables work.
 */
export function childEnvironment(ours: Readonly<Record<string, string | undefined>>): Record<string, string> {
	const theirs: Record<string, string> = { PATH: ours["PATH"] ?? defaultPath, LC_ALL: "C" };
	for (const [name, value] of Object.entries(ours)) {
		if (name.startsWith("XTABLES_") && value !== undefined) {
			theirs[name] = value;
		}
	}
	return theirs;
}
