import { once } from "node:events";
import { readlinkSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { expect, it } from "vitest";
import { clientAddress, dial, eventually, readAll } from "../../test/support/proxy-sockets.ts";
import {
	localEndpoint,
	remoteEndpoint,
	socketOf,
	type TcpHandle,
	takeConnections,
	unsentBytes,
} from "./tcp-handle.ts";
import { portOfServer } from "./transparent-proxy.ts";

async function accept(
	use: (handle: TcpHandle, client: Socket, port: number) => Promise<void>,
): Promise<void> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const handles: TcpHandle[] = [];
	takeConnections(
		server,
		(handle) => handles.push(handle),
		(code) => expect.unreachable(code),
	);
	const client = await dial(portOfServer(server));
	try {
		await use(await eventually(() => handles[0]), client, portOfServer(server));
	} finally {
		client.destroy();
		server.close();
	}
}

it("an accepted handle has a descriptor that is a socket, and both its names", () =>
	accept(async (handle, client, port) => {
		expect(readlinkSync(`/proc/self/fd/${handle.fd}`)).toMatch(/^socket:/);
		expect(remoteEndpoint(handle)).toMatchObject({ address: clientAddress, port: client.localPort });
		expect(localEndpoint(handle)).toMatchObject({ address: "127.0.0.1", port });
		handle.reset();
	}));

it("a handle can be reset before it is a socket", () =>
	accept(async (handle, client) => {
		handle.reset();
		expect((await readAll(client)).how).toBe("ECONNRESET");
	}));

it("a handle whose peer has gone has no name, and that is no error", () =>
	accept(async (handle, client) => {
		client.resetAndDestroy();
		await eventually(() => remoteEndpoint(handle).address === "unknown");
		handle.reset();
	}));

it("a socket made of a handle reads into the memory it was given, from when it is told to", () =>
	accept(async (handle, client) => {
		const memory = Buffer.alloc(16);
		const reads: number[] = [];
		const callback = (length: number) => reads.push(length) > 0;
		const socket = socketOf(handle, { buffer: memory, callback });
		client.end("given");
		await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
		expect(reads).toEqual([]);
		socket.read(0);
		await once(socket, "end");
		expect(reads).toEqual([5]);
		expect(memory.subarray(0, 5).toString()).toBe("given");
		socket.destroy();
	}));

it("a write that nobody reads stays visible until it is taken", () =>
	accept(async (handle, client) => {
		client.pause();
		const socket = socketOf(handle, { buffer: Buffer.alloc(1), callback: () => true });
		socket.write(Buffer.alloc(64 * 1024 * 1024));
		expect(unsentBytes(socket)).toBeGreaterThan(0);
		client.resume();
		await eventually(() => unsentBytes(socket) === 0);
		socket.destroy();
		expect(unsentBytes(socket)).toBe(0);
	}));
