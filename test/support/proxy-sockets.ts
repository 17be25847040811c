import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

export const clientAddress = "127.0.0.3";

/** How a connection looked from one of its ends. */
export interface Ending {
	readonly bytes: Buffer;
	/** `end` for a FIN, else the errno(3) name. */
	readonly how: string;
}

/** Reads to the end of the stream, whatever that end is. */
export function readAll(socket: Socket): Promise<Ending> {
	const chunks: Buffer[] = [];
	return new Promise((resolve) => {
		const finish = (how: string) => resolve({ bytes: Buffer.concat(chunks), how });
		socket.on("data", (chunk: Buffer) => chunks.push(chunk));
		socket.on("end", () => finish("end"));
		socket.on("error", (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
		socket.resume();
	});
}

/**
 * From an address that the proxy does not dial from. With made-up destinations, a client could otherwise have the
 * very source and destination of a connection that the proxy has dialled, which the kernel rules out.
 */
export async function dial(port: number): Promise<Socket> {
	const socket = connect({ port, host: "127.0.0.1", localAddress: clientAddress, allowHalfOpen: true });
	await once(socket, "connect");
	socket.on("error", () => undefined);
	return socket;
}

/** A server that hands out what it accepts, one after the other. */
export interface Peer {
	readonly server: Server;
	readonly port: number;
	next(): Promise<Socket>;
	/** From now on gives back to everyone what they send, instead of handing them out. */
	echo(): void;
	close(): void;
}

export async function openPeer(): Promise<Peer> {
	const ready: Socket[] = [];
	const waiting: ((socket: Socket) => void)[] = [];
	const accepted = new Set<Socket>();
	let echoing = false;
	const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
		accepted.add(socket);
		socket.on("error", () => undefined);
		const taker = waiting.shift();
		if (echoing) {
			socket.pipe(socket);
		} else if (taker === undefined) {
			ready.push(socket);
		} else {
			taker(socket);
		}
	});
	server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 });
	await once(server, "listening");
	const address = server.address();
	return {
		server,
		port: typeof address === "object" && address !== null ? address.port : 0,
		next: () => {
			const socket = ready.shift();
			return socket === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(socket);
		},
		echo: () => {
			echoing = true;
		},
		close: () => {
			server.close();
			for (const socket of accepted) {
				socket.destroy();
			}
		},
	};
}

/** Until something is so. What never happens is the test's time limit's business. */
export async function eventually<T>(
	look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
	for (;;) {
		const seen = await look();
		if (seen !== undefined && seen !== false) {
			return seen;
		}
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
}
