import { headerLength, words, zeros } from "../wire/bytes.ts";
import { MemoryXtables } from "./memory-xtables.ts";
import type { NativeFunctions } from "./native.ts";

/** A world in which the kernel does all that it is asked for, every program is installed, and that nothing touches. */
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
		ownNetns: () => "4:4026532000",
		isTerminal: () => false,
		variable: () => undefined,
		variables: () => ({}),
		stdin: () => "",
		stdout: () => undefined,
		log: () => {},
		logPlain: () => true,
		enterNetns: () => undefined,
		enterNewNetns: () => undefined,
		byteOrder: () => "little",
		kernelRelease: () => "6.18.0",
		loopbackAt: () => "lo",
		netlink: answerTo,
		xtables: new MemoryXtables().ask,
		lock: () => 0,
		unlock: () => {},
		now: () => 0,
		pause: () => {},
		sayWhileSlow: () => true,
		bundle: (name) => {
			throw new Error(`a rehearsal comes to what is in ${name}`);
		},
	};
}

/** What nf_tables says where there is nothing yet: no to a question about one thing, and yes to each change of a batch. */
function answerTo(request: string): readonly string[] {
	const { u16At, u32At } = words.little;
	if ((u16At(request, 6) & dump) === dump) {
		return [endOfDump];
	}
	const isBatch = u16At(request, 4) === batchBegin;
	const answers: string[] = [];
	for (let at = 0; at < request.length; at += u32At(request, at)) {
		answers.push(report(isBatch ? 0 : notThere, u32At(request, at + 8)));
	}
	return answers;
}

const dump = 0x300; // NLM_F_DUMP
const batchBegin = 16; // NFNL_MSG_BATCH_BEGIN
const notThere = 2; // ENOENT

/** NLMSG_ERROR, which is also how success is told. */
function report(errno: number, sequence: number): string {
	const capped = 0x100; // NLM_F_CAPPED
	return words.little.message(
		{ type: 2, flags: capped, sequence },
		words.little.u32(-errno) + zeros(headerLength),
	);
}

/** NLMSG_DONE alone, as in a network namespace without tables. */
const endOfDump = words.little.message({ type: 3, flags: 2, sequence: 1 }, zeros(4));
