// A proxy and a client of one pod: a connection to elsewhere, which arrives at the proxy. Says a line for each exchange.
import { createConnection, createServer } from "node:net";
import { createInterface } from "node:readline";

const say = (text) => process.stdout.write(`${text}\n`);
const server = createServer((socket) => socket.pipe(socket));
server.listen(4140, "0.0.0.0", () => {
	const client = createConnection({ host: "192.0.2.1", port: 80 });
	client.setEncoding("utf8");
	client.on("connect", () => say("connected"));
	client.on("data", (text) => say(text.trim()));
	client.on("error", (error) => say(`error ${error.message}`));
	client.on("close", () => say("closed"));
	createInterface({ input: process.stdin })
		.on("line", (line) => client.write(`${line}\n`))
		.on("close", () => process.exit());
});
