import { readFileSync } from "node:fs";
import { connect, createServer, isIPv6, type Socket } from "node:net";
import type { Answer, Greeting, Meeting, Request } from "./messages.ts";
import { type Endpoint, ownerOf } from "./socket-table.ts";

/**
 * A process in one of the demo's places: serves the ports in its arguments, where it greets each connection with
 * whom it sees at the other end, and opens connections when it is told to. It knows nothing of a proxy.
 */
await Promise.all(process.argv.slice(2).flatMap((port) => [serve("0.0.0.0", port), serve("::", port)]));
process.on("message", (request: Request) => void answer(request));
process.on("disconnect", () => process.exit());
process.send?.({ kind: "ready" });

/** A kernel without IPv6 has nothing to listen on, and no IPv6 connections either. */
async function serve(host: string, port: string): Promise<void> {
	const server = createServer(greet);
	await new Promise<void>((resolve, reject) => {
		server.on("error", (error) =>
			"code" in error && error.code === "EAFNOSUPPORT" ? resolve() : reject(error),
		);
		server.listen({ host, port: Number(port), ipv6Only: host === "::" }, resolve);
	});
}

function greet(socket: Socket): void {
	const seen = endpoint(socket.remoteAddress, socket.remotePort);
	const greeting: Greeting = { seen, ...owner(seen, socket.localPort) };
	socket.on("error", () => socket.destroy());
	socket.write(`${JSON.stringify(greeting)}\n`);
}

async function answer(request: Request): Promise<void> {
	const { id } = request;
	try {
		process.send?.(
			request.kind === "connect"
				? { id, kind: "connected", meeting: await meet(request.to) }
				: { id, kind: "fetched", ...(await get(request.url)) },
		);
	} catch (error) {
		const failed: Answer = { id, kind: "failed", reason: reasonOf(error) };
		process.send?.(failed);
	}
}

async function get(url: string) {
	const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
	return { status: response.status, body: await response.text() };
}

/** Opens a connection, waits for the greeting and looks, while both ends are there, whose socket was greeted. */
function meet(to: Endpoint): Promise<Meeting> {
	return new Promise((resolve, reject) => {
		const socket = connect({ host: to.address, port: to.port });
		socket.setTimeout(3000, () => socket.destroy(new Error("no answer within 3 s")));
		socket.setEncoding("utf8");
		let received = "";
		socket.on("data", (text) => {
			received += text;
			if (received.endsWith("\n")) {
				const greeting: Greeting = JSON.parse(received);
				const caller = endpoint(socket.localAddress, socket.localPort);
				resolve({ caller, ...owner(greeting.seen, to.port), ...greeting });
				socket.destroy();
			}
		});
		socket.on("close", () => reject(new Error("closed without a greeting")));
		socket.on("error", reject);
	});
}

/** Every process may read whose socket is whose in its own network namespace. */
function owner(local: Endpoint, remotePort = 0): { seenUid?: number } {
	const family = isIPv6(local.address) ? "ipv6" : "ipv4";
	const table = readFileSync(`/proc/self/net/${family === "ipv6" ? "tcp6" : "tcp"}`, "utf8");
	const uid = ownerOf(table, family, local, remotePort);
	return uid === undefined ? {} : { seenUid: uid };
}

function endpoint(address = "", port = 0): Endpoint {
	return { address, port };
}

/** `fetch` keeps what went wrong in the error's cause. */
function reasonOf(error: unknown): string {
	const { code, message, cause } = error as { code?: string; message?: string; cause?: { code?: string } };
	return code ?? cause?.code ?? message ?? String(error);
}
