import { once } from "node:events";
import { connect } from "node:net";
import { expect, it } from "vitest";
import { dial, eventually, openPeer, readAll } from "../../test/support/proxy-sockets.ts";
import { openStuckServer } from "../../test/support/proxy-stuck-server.ts";
import { reset } from "./tcp-handle.ts";

const openSockets = () => process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;

it("shows the peer a failure, not an end", async () => {
	const peer = await openPeer();
	const [client, server] = await Promise.all([dial(peer.port), peer.next()]);
	reset(client);
	expect((await readAll(server)).how).toBe("ECONNRESET");
	peer.close();
});

it("frees the descriptor of a socket whose FIN is just on its way", async () => {
	const peer = await openPeer();
	const before = openSockets();
	for (let round = 0; round < 10; round++) {
		const [client, server] = await Promise.all([dial(peer.port), peer.next()]);
		client.end();
		// Two ticks from here the shutdown is with libuv, and done only in the event loop's next round.
		await new Promise<void>((resolve) => process.nextTick(() => process.nextTick(resolve)));
		expect([client.writableEnded, client.writableFinished]).toEqual([true, false]);
		reset(client);
		await once(client, "close");
		server.destroy();
	}
	await eventually(() => openSockets() <= before);
	peer.close();
});

it("gives up a connection that is about to be made", async () => {
	const peer = await openPeer();
	const before = openSockets();
	const socket = connect(peer.port, "127.0.0.1");
	reset(socket);
	await once(socket, "close");
	await eventually(() => openSockets() <= before);
	peer.close();
});

it("shows a failure to a server that has accepted what is not known to be connected yet", async () => {
	const peer = await openPeer();
	const socket = connect(peer.port, "127.0.0.1");
	socket.on("error", (error) => expect.unreachable(String(error)));
	await new Promise<void>((resolve) => process.nextTick(() => process.nextTick(resolve)));
	expect(socket.connecting).toBe(true);
	reset(socket);
	expect((await readAll(await peer.next())).how).toBe("ECONNRESET");
	peer.close();
});

it("gives up a connection that nobody answers", async () => {
	const stuck = await openStuckServer();
	const before = openSockets();
	const socket = connect(stuck.port, "127.0.0.1");
	await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
	expect(socket.connecting).toBe(true);
	reset(socket);
	await once(socket, "close");
	await eventually(() => openSockets() <= before);
	stuck.close();
});

it("may be asked for again", async () => {
	const peer = await openPeer();
	const client = await dial(peer.port);
	reset(client);
	reset(client);
	await once(client, "close");
	reset(client);
	peer.close();
});
