import { createServer } from "node:net";

/** Below the range from which the kernel picks ports for others. */
export async function freePort(): Promise<number> {
	const port = 10_000 + Math.floor(Math.random() * 22_000);
	const server = createServer();
	const free = await new Promise<boolean>((resolve) => {
		server.on("error", () => resolve(false));
		server.listen(port, "127.0.0.1", () => resolve(true));
	});
	await new Promise((resolve) => server.close(resolve));
	return free ? port : freePort();
}
