import { isatty } from "node:tty";
import { childEnvironment } from "./child-environment.ts";
import { hostError } from "./errno.ts";
import type { Host } from "./host.ts";
import { answerWithoutSocket, askNftTables, removeEmptyTable, tablesIn, whyHidden } from "./nft-tables.ts";
import { errnoOfThrown } from "./node-errno.ts";
import {
	identify,
	isExecutable,
	listFolder,
	readAll,
	readText,
	replaceText,
	writeAll,
} from "./node-files.ts";
import { type Libc, loadLibc } from "./node-libc.ts";
import { withNetfilterSocket } from "./node-netlink.ts";
import { enterNetns, enterNewNetns } from "./node-netns.ts";
import { runCommands } from "./node-run.ts";
import { findOnPath } from "./program-path.ts";

/** The outside world as Node shows it. */
export function createNodeHost(): Host {
	let loaded: Libc | undefined;
	const libc = (): Libc => {
		loaded ??= loadLibc();
		return loaded;
	};
	const askTables = () => withNetfilterSocket(libc(), askNftTables, answerWithoutSocket);
	return {
		run: (commands, meanwhile) => runCommands(commands, childEnvironment(process.env), meanwhile),
		find: (program) => findOnPath(program, process.env["PATH"], isExecutable),
		readFile: readText,
		writeFile: replaceText,
		entries: listFolder,
		fileIdentity: identify,
		isTerminal: () => isatty(1),
		env: (name) => process.env[name],
		stdin: readStandardInput,
		stdout: writeStandardOutput,
		log: writeLogLine,
		enterNetns: (path) => enterNetns(path, libc()),
		enterNewNetns: () => enterNewNetns(libc()),
		nftTables: () => tablesIn(askTables()),
		hiddenNftTables: () => whyHidden(askTables()),
		removeEmptyNftTable: (table) =>
			withNetfilterSocket(
				libc(),
				(socket) => removeEmptyTable(socket, table),
				() => false,
			),
		now: () => performance.timeOrigin + performance.now(),
	};
}

function readStandardInput(): string {
	try {
		return readAll(0);
	} catch (thrown) {
		throw hostError("standard input", errnoOfThrown(thrown));
	}
}

/** Throws a HostError: whoever waits for a result must not be told that all is well when it was not delivered. */
function writeStandardOutput(text: string): void {
	try {
		writeAll(1, text);
	} catch (thrown) {
		throw hostError("standard output", errnoOfThrown(thrown));
	}
}

/** Never fails: a log that nobody reads is no reason to leave a pod without its rules. */
function writeLogLine(line: string): void {
	try {
		writeAll(2, `${line}\n`);
	} catch {
		// There is nowhere left to say so.
	}
}
