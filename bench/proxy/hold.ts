import { once } from "node:events";
import { connect, createServer } from "node:net";

/**
 * Many connections in which nothing happens. `serve PORT…` takes them; `open ADDRESS PORT COUNT` makes them, says
 * "open" when each has carried a byte both ways, and keeps them until its standard input ends.
 */
const [role, ...args] = process.argv.slice(2);

if (role === "serve") {
	for (const port of args) {
		const server = createServer((socket) => {
			socket.on("error", () => socket.destroy());
			socket.once("data", (byte) => socket.write(byte));
		});
		server.listen({ port: Number(port), host: "0.0.0.0", backlog: 65_535 });
	}
} else {
	const [host = "", port = "", count = ""] = args;
	const atOnce = 50;
	for (let made = 0; made < Number(count); made += atOnce) {
		await Promise.all(Array.from({ length: atOnce }, () => openOne(host, Number(port))));
	}
	process.stdout.write("open\n");
	await once(process.stdin.resume(), "end");
	process.exit();
}

async function openOne(host: string, port: number): Promise<void> {
	const socket = connect({ host, port });
	socket.write("x");
	await once(socket, "data");
}
