import { randomInt, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { type Endpoint, formatEndpoint } from "../domain/endpoint.ts";
import type { Log } from "../serving/log.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const tokenLength = 63;

/**
 * The reference validator's whole procedure: a server that writes a token to whoever comes, and a connection to an
 * address that should lead nowhere but to it. Throws what went wrong.
 */
export async function validateOnce(listen: Endpoint, target: Endpoint, log: Log): Promise<void> {
	const token = makeToken();
	const server = createServer((socket) => {
		socket.on("error", ({ message }) => log.debug("a client is gone", { error: message }));
		socket.end(token);
	});
	try {
		server.listen({ host: listen.address, port: listen.port });
		await once(server, "listening");
		log.info(`Listening for connections on ${formatEndpoint(listen)}`);
		log.info(`Connecting to ${formatEndpoint(target)}`);
		const data = await read(target, token.length);
		log.debug("Read message from server", { bytes: data.length });
		if (data.length !== token.length || !timingSafeEqual(data, Buffer.from(token))) {
			throw new Error(
				`expected the listener's token; got ${JSON.stringify(data.toString("latin1"))} instead`,
			);
		}
	} finally {
		server.close();
	}
}

function makeToken(): string {
	return `${Array.from({ length: tokenLength }, () => alphabet[randomInt(alphabet.length)]).join("")}\n`;
}

/** So many bytes, or fewer where the connection ends before. */
async function read({ address, port }: Endpoint, length: number): Promise<Buffer> {
	const socket = connect({ host: address, port });
	try {
		let data = Buffer.alloc(0);
		for await (const chunk of socket) {
			data = Buffer.concat([data, chunk]);
			if (data.length >= length) {
				break;
			}
		}
		return data;
	} finally {
		socket.destroy();
	}
}
