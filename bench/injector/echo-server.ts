import { createServer } from "node:https";

/** The least that a webhook in Node can do: TLS, HTTP, a body read whole and sent back. */
const server = createServer({ cert: process.env["CERT"], key: process.env["KEY"] }, (request, response) => {
	const chunks: Buffer[] = [];
	request.on("data", (chunk) => chunks.push(chunk));
	request.on("end", () => {
		const body = Buffer.concat(chunks);
		response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
		response.end(body);
	});
});
server.listen(Number(process.env["PORT"]), "127.0.0.1", () => process.stdout.write("listening\n"));
