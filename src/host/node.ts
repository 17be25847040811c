import { release } from "node:os";
import { isatty } from "node:tty";
import { harmless } from "../domain/harmless.ts";
import { machineOrder } from "../linux/byte-string.ts";
import { lockFile } from "../linux/file-lock.ts";
import { loadLibc } from "../linux/libc.ts";
import { loopbackAt } from "../linux/loopback-at.ts";
import { askNetlink } from "../linux/netlink-socket.ts";
import { enterNetns, enterNewNetns } from "../linux/netns.ts";
import { askXtables } from "../linux/xtables-socket.ts";
import { childEnvironment } from "./child-environment.ts";
import type { Host } from "./host.ts";
import { type Netlink, nftTablesBy } from "./nft-tables.ts";
import { appendText, identify, isExecutable, listFolder, readText, replaceText } from "./node-files.ts";
import { runCommands } from "./node-run.ts";
import { sayWhileSlow } from "./node-slow-line.ts";
import { readStandardInput, writeStandardError, writeStandardOutput } from "./node-streams.ts";
import { findOnPath } from "./program-path.ts";

/** The outside world as Node shows it. */
export function createNodeHost(): Host {
	const netlink: Netlink = {
		netlink: (request, protocol = "netfilter") => askNetlink(loadLibc(), request, protocol),
		byteOrder: () => machineOrder,
	};
	return {
		run: (commands, whileRunning) => runCommands(commands, childEnvironment(process.env), whileRunning),
		find: (program) => findOnPath(program, process.env["PATH"], isExecutable),
		readFile: readText,
		writeFile: replaceText,
		appendFile: appendText,
		entries: listFolder,
		fileIdentity: identify,
		ownNetns: () => identify("/proc/self/ns/net"),
		isTerminal: () => isatty(1),
		env: (name) => process.env[name],
		stdin: readStandardInput,
		stdout: writeStandardOutput,
		log: (line) => writeStandardError(`${harmless(line)}\n`),
		enterNetns: (path) => enterNetns(path, loadLibc()),
		enterNewNetns: () => enterNewNetns(loadLibc()),
		...netlink,
		kernelRelease: release,
		loopbackAt: (index) => loopbackAt(loadLibc(), index),
		xtables: (family, operation, request) => askXtables(loadLibc(), family, operation, request),
		lock: (path, waitMs) => lockFile(loadLibc(), path, waitMs),
		...nftTablesBy(netlink),
		now: () => performance.timeOrigin + performance.now(),
		pause: (milliseconds) => {
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
		},
		sayWhileSlow,
	};
}
