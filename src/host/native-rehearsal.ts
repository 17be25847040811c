import { exitCodes } from "../domain/exit-code.ts";
import { words, zeros } from "../wire/bytes.ts";
import type { NativeFunctions } from "./native.ts";

/** A world in which every program is installed and every child succeeds, and that nothing touches. */
export function createRehearsal(): NativeFunctions {
	return {
		start: () => 0,
		feed: () => {},
		wait: (count) =>
			Array.from({ length: count }, () => ({
				outcome: { kind: "exited", code: 0 },
				stdout: "",
				stderr: "",
			})),
		find: (program) => `/usr/sbin/${program}`,
		readFile: () => undefined,
		writeFile: () => undefined,
		entries: () => undefined,
		fileIdentity: () => undefined,
		isTerminal: () => false,
		variable: () => undefined,
		variables: () => ({}),
		stdin: () => "",
		stdout: () => undefined,
		log: () => {},
		enterNetns: () => undefined,
		enterNewNetns: () => undefined,
		byteOrder: () => "little",
		netlink: () => [endOfDump],
		xtables: () => ({ name: "ENOPROTOOPT", number: 92, message: "protocol not available" }),
		lock: () => 0,
		unlock: () => {},
		now: () => 0,
		sayWhileSlow: () => {},
		bundle: () => () => exitCodes.done,
	};
}

/** NLMSG_DONE alone, as in a network namespace without tables. */
const endOfDump = words.little.message({ type: 3, flags: 2, sequence: 1 }, zeros(4));
