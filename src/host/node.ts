import { isatty } from "node:tty";
import { harmless } from "../domain/harmless.ts";
import { loadLibc } from "../linux/libc.ts";
import { withNetfilterSocket } from "../linux/netlink-socket.ts";
import { enterNetns, enterNewNetns } from "../linux/netns.ts";
import { childEnvironment } from "./child-environment.ts";
import type { Host } from "./host.ts";
import { answerWithoutSocket, askNftTables, removeEmptyTable, tablesIn, whyHidden } from "./nft-tables.ts";
import { appendText, identify, isExecutable, listFolder, readText, replaceText } from "./node-files.ts";
import { runCommands } from "./node-run.ts";
import { sayWhileSlow } from "./node-slow-line.ts";
import { readStandardInput, writeStandardError, writeStandardOutput } from "./node-streams.ts";
import { findOnPath } from "./program-path.ts";

/** The outside world as Node shows it. */
export function createNodeHost(): Host {
	const askTables = () => withNetfilterSocket(loadLibc(), askNftTables, answerWithoutSocket);
	return {
		run: (commands, meanwhile) => runCommands(commands, childEnvironment(process.env), meanwhile),
		find: (program) => findOnPath(program, process.env["PATH"], isExecutable),
		readFile: readText,
		writeFile: replaceText,
		appendFile: appendText,
		entries: listFolder,
		fileIdentity: identify,
		isTerminal: () => isatty(1),
		env: (name) => process.env[name],
		stdin: () => readStandardInput().toString("utf8"),
		stdout: writeStandardOutput,
		log: (line) => writeStandardError(`${harmless(line)}\n`),
		enterNetns: (path) => enterNetns(path, loadLibc()),
		enterNewNetns: () => enterNewNetns(loadLibc()),
		nftTables: () => tablesIn(askTables()),
		hiddenNftTables: () => whyHidden(askTables()),
		removeEmptyNftTable: (table) =>
			withNetfilterSocket(
				loadLibc(),
				(socket) => removeEmptyTable(socket, table),
				() => false,
			),
		now: () => performance.timeOrigin + performance.now(),
		pause: (milliseconds) => {
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
		},
		sayWhileSlow,
	};
}
