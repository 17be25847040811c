import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { Log } from "../serving/log.ts";
import { validateOnce } from "./single-connection.ts";

const servers: Server[] = [];
afterEach(() => {
	for (const server of servers.splice(0)) {
		server.close();
	}
});

/** Somebody else, who says this to whoever comes; answers with its port. */
async function stranger(words: string): Promise<number> {
	const server = createServer((socket) => socket.end(words));
	servers.push(server);
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return (server.address() as AddressInfo).port;
}

/** One that nobody has at the moment. */
async function freePort(): Promise<number> {
	const port = await stranger("");
	servers.pop()?.close();
	return port;
}

function validate(listen: number, connect: number) {
	const lines: string[] = [];
	const write = (message: string) => void lines.push(message);
	const log: Log = { error: write, warn: write, info: write, debug: write };
	const at = (port: number) => ({ address: "127.0.0.1", port });
	return { lines, done: validateOnce(at(listen), at(connect), log) };
}

describe("a single connection", () => {
	it("is good where it comes to the listener, which is gone afterwards", async () => {
		const port = await freePort();
		for (const _ of ["once", "again"]) {
			const { lines, done } = validate(port, port);
			await done;
			expect(lines).toEqual([
				`Listening for connections on 127.0.0.1:${port}`,
				`Connecting to 127.0.0.1:${port}`,
				"Read message from server",
			]);
		}
	});

	it.each([
		["less", "short\n"],
		["nothing", ""],
		["as much of something else", `${"x".repeat(63)}\n`],
	])("is not where somebody else answers, with %s", async (_, words) => {
		const { done } = validate(await freePort(), await stranger(words));
		await expect(done).rejects.toThrow(`expected the listener's token; got ${JSON.stringify(words)} instead`);
	});

	it("is not where nobody answers", async () => {
		await expect(validate(await freePort(), await freePort()).done).rejects.toThrow("ECONNREFUSED");
	});

	it("cannot be tried where somebody else listens", async () => {
		const taken = await stranger("");
		await expect(validate(taken, taken).done).rejects.toThrow("EADDRINUSE");
	});
});
