import { once } from "node:events";
import { connect, createServer } from "node:net";

/**
 * One end of a connection, as a program of its own so that it can stand in any network namespace:
 * `serve ADDRESS PORT` tells whom it has accepted and where, and answers "NAME heard …" to everything;
 * `connect ADDRESS PORT TEXT [FROM]` sends a text, ends, and tells what came back and how it ended.
 */
const [role, host = "", port = "", text = "", from = ""] = process.argv.slice(2);

const tell = (fact: object) => process.stdout.write(`${JSON.stringify(fact)}\n`);

if (role === "serve") {
	const server = createServer({ allowHalfOpen: true }, async (socket) => {
		tell({ remote: socket.remoteAddress, local: socket.localAddress, localPort: socket.localPort });
		let heard = "";
		socket.on("error", () => undefined);
		socket.on("data", (chunk) => {
			heard += chunk;
		});
		await once(socket, "end");
		socket.end(`${text} heard ${heard}`);
	});
	server.listen({ host, port: Number(port), ipv6Only: true }, () => tell({ listening: true }));
} else {
	const source = from === "" ? {} : { localAddress: from };
	const socket = connect({ host, port: Number(port), allowHalfOpen: true, ...source });
	let answer = "";
	socket.on("connect", () => {
		socket.end(text);
	});
	socket.on("data", (chunk) => {
		answer += chunk;
	});
	const how = await new Promise((resolve) => {
		socket.on("end", () => resolve("end"));
		socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code));
	});
	tell({ answer, how });
}
