import { exitCodes } from "../domain/exit-code.ts";
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
		appendFile: () => undefined,
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
		netfilterSocket: () => ({ order: "little", send: () => true, receive: () => endOfDump }),
		now: () => 0,
		pause: () => {},
		sayWhileSlow: () => {},
		bundle: () => () => exitCodes.done,
	};
}

/** NLMSG_DONE alone, as in a network namespace without tables. */
const endOfDump: readonly number[] = [20, 0, 0, 0, 3, 0, 2, 0, 1, ...new Array<number>(11).fill(0)];
