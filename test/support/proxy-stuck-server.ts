import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A server whose queue is full and that accepts nothing: whoever dials it waits. */
export interface StuckServer {
	readonly port: number;
	/** Accepts at last, and gives back to everyone what they send. */
	release(): void;
	close(): void;
}

/**
 * The kernel answers for a listening process up to its backlog, whether it runs or not. So a process listens with
 * the shortest one and is stopped, and connections are made until one of them gets no answer any more.
 */
export async function openStuckServer(): Promise<StuckServer> {
	const child = spawn(process.execPath, ["-e", listenAndTell], { stdio: ["ignore", "pipe", "inherit"] });
	const port = Number(String((await once(child.stdout, "data"))[0]));
	child.kill("SIGSTOP");
	await stopped(child);
	const fillers: Socket[] = [];
	while (await answers(port, fillers)) {
		// One more place in the queue is taken.
	}
	return {
		port,
		release: () => child.kill("SIGCONT"),
		close: () => {
			child.kill("SIGKILL");
			for (const filler of fillers) {
				filler.destroy();
			}
		},
	};
}

const listenAndTell = `
const server = require("node:net").createServer({ allowHalfOpen: true }, (socket) => {
	socket.on("error", () => socket.destroy());
	socket.pipe(socket);
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => console.log(server.address().port));`;

async function stopped(child: ChildProcess): Promise<void> {
	const { readFileSync } = await import("node:fs");
	while (!/^State:\s+T/m.test(readFileSync(`/proc/${child.pid}/status`, "utf8"))) {
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}

/** Half a second without one is no answer: on this machine it takes microseconds, and asking again only fills more. */
function answers(port: number, fillers: Socket[]): Promise<boolean> {
	const socket = connect(port, "127.0.0.1");
	fillers.push(socket);
	return new Promise((resolve) => {
		socket.on("error", () => undefined);
		socket.on("connect", () => resolve(true));
		setTimeout(() => resolve(false), 500);
	});
}
