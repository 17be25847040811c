// Runs in a pod: answers on every port of $PORTS with the pod's name, and from where the connection came. On $ASKED_ON it is told
// what to ask itself (asking.mjs): ?url=URL&times=NUMBER&adminPort=PORT.
import { createServer } from "node:http";
import { hostname } from "node:os";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "./asking.mjs";

let ending = false;
for (const port of process.env["PORTS"].split(",")) {
	const server = createServer(({ socket }, response) => {
		response.setHeader("connection", ending ? "close" : "keep-alive");
		response.end(JSON.stringify({ pod: hostname(), port: socket.localPort, from: socket.remoteAddress }));
	});
	// Longer than a client on a busy machine ever pauses: a connection that is closed as a request comes is an error.
	server.keepAliveTimeout = 120_000;
	server.listen(Number(port));
}

createServer(async (request, response) => {
	const { searchParams } = new URL(request.url, "http://localhost");
	const [url, ...more] = ["url", "times", "adminPort"].map((name) => searchParams.get(name));
	// Who asks for nothing learns that this pod listens.
	response.end(JSON.stringify(url === null ? {} : await ask(url, ...more)));
}).listen(Number(process.env["ASKED_ON"]));

// Process 1 has no default for signals. Connections end with their next answer, of which their clients know.
process.on("SIGTERM", async () => {
	ending = true;
	await sleep(process.env["LINGER"] ? 3_000 : 0);
	process.exit(0);
});
