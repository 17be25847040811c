import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { type Fixture, withProxy } from "../../test/support/proxy-fixture.ts";
import { clientAddress, eventually, readAll } from "../../test/support/proxy-sockets.ts";
import { openStuckServer } from "../../test/support/proxy-stuck-server.ts";

describe("a served connection", () => {
	it("carries bytes both ways and leaves one line", () =>
		withProxy({}, async (fixture) => {
			const { client, server } = await fixture.pair();
			const clientPort = client.localPort;
			client.end("from the client");
			expect((await readAll(server)).bytes.toString()).toBe("from the client");
			server.end("from the server");
			expect(await readAll(client)).toEqual({ bytes: Buffer.from("from the server"), how: "end" });
			expect(await fixture.closed()).toMatchObject({
				level: "debug",
				msg: "connection closed",
				direction: "outbound",
				client: `${clientAddress}:${clientPort}`,
				server: `127.0.0.1:${fixture.peer.port}`,
				sent: 15,
				received: 15,
				reason: "closed",
			});
			expect(fixture.lines.filter(({ msg }) => msg === "connection closed")).toHaveLength(1);
		}));

	it("keeps what the client sent before the server was reached", () =>
		withProxy({}, async (fixture) => {
			const client = await fixture.connect();
			client.write("early");
			const server = await fixture.peer.next();
			server.resume();
			expect(String(await once(server, "data").then(([chunk]) => chunk))).toBe("early");
		}));

	it("reads one buffer of what the client sends while the server takes its time, and loses nothing", async () => {
		const stuck = await openStuckServer();
		await withProxy({}, async (fixture) => {
			fixture.destination = () => ({ address: "127.0.0.1", port: stuck.port });
			const client = await fixture.connect();
			const message = randomBytes(300_000);
			client.end(message);
			const sent = () => fixture.metric('bytes_total{direction="outbound",flow="sent"}');
			const early = await settled(sent);
			expect(early).toBeLessThanOrEqual(32 * 1024);
			stuck.release();
			expect((await readAll(client)).bytes.equals(message)).toBe(true);
			expect(await fixture.closed()).toMatchObject({ reason: "closed", sent: message.length });
		}).finally(stuck.close);
	});

	it("carries what the client said in one go with its end", () =>
		withProxy({}, async (fixture) => {
			const client = await fixture.connect();
			client.end("all of it");
			const server = await fixture.peer.next();
			expect(await readAll(server)).toEqual({ bytes: Buffer.from("all of it"), how: "end" });
			server.end();
			expect(await fixture.closed()).toMatchObject({ reason: "closed", sent: 9 });
		}));

	it("lets the server speak first", () =>
		withProxy({}, async (fixture) => {
			const { client, server } = await fixture.pair();
			server.write("220 hello");
			expect(String((await once(client, "data"))[0])).toBe("220 hello");
		}));

	it("goes on towards the client when the client has finished", () =>
		withProxy({}, async (fixture) => {
			const { client, server } = await fixture.pair();
			client.end("question");
			expect((await readAll(server)).how).toBe("end");
			server.write("an answer, ");
			expect(String((await once(client, "data"))[0])).toBe("an answer, ");
			server.end("and its rest");
			expect((await readAll(client)).bytes.toString()).toBe("and its rest");
			expect(await fixture.closed()).toMatchObject({ reason: "closed", sent: 8, received: 23 });
		}));

	it("goes on towards the server when the server has finished", () =>
		withProxy({}, async (fixture) => {
			const { client, server } = await fixture.pair();
			server.end("greeting");
			expect((await readAll(client)).how).toBe("end");
			client.write("still ");
			server.resume();
			expect(String((await once(server, "data"))[0])).toBe("still ");
			client.end("here");
			expect((await readAll(server)).bytes.toString()).toBe("here");
			expect(await fixture.closed()).toMatchObject({ reason: "closed", sent: 10, received: 8 });
		}));

	it("carries a connection in which nobody says anything", () =>
		withProxy({}, async (fixture) => {
			const { client, server } = await fixture.pair();
			client.end();
			expect(await readAll(server)).toEqual({ bytes: Buffer.alloc(0), how: "end" });
			server.end();
			expect((await readAll(client)).how).toBe("end");
			expect(await fixture.closed()).toMatchObject({ reason: "closed", sent: 0, received: 0 });
		}));

	it.each(["outbound", "inbound"] as const)("is %s by the port that it came to", (direction) =>
		withProxy({}, async (fixture) => {
			const client = await fixture.connect(direction);
			const server = await fixture.peer.next();
			client.end();
			server.resume().end();
			expect(await fixture.closed()).toMatchObject({ direction });
			expect(await fixture.metric(`connections_total{direction="${direction}"}`)).toBe(1);
		}),
	);
});

describe("a reset", () => {
	it("of the client reaches the server", () =>
		withProxy({}, async (fixture) => {
			const { client, server } = await fixture.pair();
			client.write("some");
			await once(server.resume(), "data");
			client.resetAndDestroy();
			expect((await readAll(server)).how).toBe("ECONNRESET");
			expect(await fixture.closed()).toMatchObject({
				level: "warning",
				reason: "client-reset",
				code: "ECONNRESET",
			});
			expect(await fixture.metric('errors_total{direction="outbound",reason="client-reset"}')).toBe(1);
		}));

	it("of the server reaches the client", () =>
		withProxy({}, async (fixture) => {
			const { client, server } = await fixture.pair();
			server.resetAndDestroy();
			expect((await readAll(client)).how).toBe("ECONNRESET");
			expect(await fixture.closed()).toMatchObject({ reason: "server-reset", code: "ECONNRESET" });
		}));

	it("of a client that has gone before the server was reached does no harm", () =>
		withProxy({}, async (fixture) => {
			const client = await fixture.connect();
			client.resetAndDestroy();
			const server = await fixture.peer.next();
			expect((await readAll(server)).how).toBe("ECONNRESET");
			expect(await fixture.closed()).toMatchObject({ reason: "client-reset" });
			await carriesOn(fixture);
		}));

	it("of the server while the client pours into it reaches the client", () =>
		withProxy({}, async (fixture) => {
			const { client, server } = await fixture.pair();
			const ending = readAll(client);
			const pouring = pour(client, Number.POSITIVE_INFINITY);
			server.resume();
			await once(server, "data");
			server.resetAndDestroy();
			expect(["ECONNRESET", "EPIPE"]).toContain((await ending).how);
			expect(await fixture.closed()).toMatchObject({ reason: "server-reset" });
			await pouring;
		}));

	it("after a half-close reaches the other side just as well", () =>
		withProxy({}, async (fixture) => {
			const { client, server } = await fixture.pair();
			client.end();
			await readAll(server);
			server.resetAndDestroy();
			expect((await readAll(client)).how).toBe("ECONNRESET");
			expect(await fixture.closed()).toMatchObject({ reason: "server-reset" });
		}));
});

describe("a lot of bytes", () => {
	it("arrives unchanged in both directions at once, at readers that take it in jerks", () =>
		withProxy({}, async (fixture) => {
			const { client, server } = await fixture.pair();
			const [up, down] = [48 * 1024 * 1024 + 17, 64 * 1024 * 1024 + 1];
			const hashes = Promise.all([hashSlowly(server), hashSlowly(client)]);
			const sent = await Promise.all([pour(client, up), pour(server, down)]);
			expect(await hashes).toEqual(sent);
			expect(await fixture.closed()).toMatchObject({ reason: "closed", sent: up, received: down });
			expect(await fixture.metric('bytes_total{direction="outbound",flow="sent"}')).toBe(up);
			expect(await fixture.metric('bytes_total{direction="outbound",flow="received"}')).toBe(down);
		}));

	it("is not mixed up between connections that are busy at once", () =>
		withProxy({}, async (fixture) => {
			const pairs: Awaited<ReturnType<Fixture["pair"]>>[] = [];
			for (let count = 0; count < 100; count++) {
				pairs.push(await fixture.pair());
			}
			const results = pairs.map(async ({ client, server }) => {
				const got = hashSlowly(client);
				server.resume();
				client.end();
				return [await pour(server, 1_000_003), await got];
			});
			for (const [sent, got] of await Promise.all(results)) {
				expect(got).toBe(sent);
			}
		}));

	it("is counted while it moves, and exactly", () =>
		withProxy({}, async (fixture) => {
			const { client, server } = await fixture.pair();
			server.resume();
			client.write(Buffer.alloc(123_456));
			const sample = 'bytes_total{direction="outbound",flow="sent"}';
			await eventually(async () => (await fixture.metric(sample)) === 123_456);
			expect(await fixture.metric('connections_open{direction="outbound"}')).toBe(1);
			client.end();
			server.end();
			await fixture.closed();
			expect(await fixture.metric(sample)).toBe(123_456);
			expect(await fixture.metric('connections_open{direction="outbound"}')).toBe(0);
		}));

	it("waits at its sender while nobody reads it, and arrives when somebody does", () =>
		withProxy({}, async (fixture) => {
			const { client, server } = await fixture.pair();
			client.pause();
			const total = 512 * 1024 * 1024;
			const poured = pour(server, total);
			const taken = await settled(() => fixture.metric('bytes_total{direction="outbound",flow="received"}'));
			// What is under way is in socket buffers, at most 32 MiB each by net.ipv4.tcp_rmem and tcp_wmem.
			expect(taken).toBeLessThan(total / 2);
			client.end();
			const got = hashSlowly(client);
			expect(await got).toBe(await poured);
		}));
});

/** Writes as fast as the connection takes it, then ends. Answers the hash of everything, or undefined when it broke. */
async function pour(socket: Socket, total: number): Promise<string | undefined> {
	const hash = createHash("sha1");
	const block = randomBytes(1024 * 1024);
	for (let left = total; left > 0 && socket.writable; left -= block.length) {
		const chunk = block.subarray(0, Math.min(left, block.length));
		hash.update(chunk);
		if (!socket.write(chunk)) {
			await drainedOrClosed(socket);
		}
	}
	const whole = socket.writable;
	socket.end();
	return whole ? hash.digest("hex") : undefined;
}

function drainedOrClosed(socket: Socket): Promise<void> {
	return new Promise((resolve) => {
		const done = () => {
			socket.off("drain", done).off("close", done);
			resolve();
		};
		socket.on("drain", done).on("close", done);
	});
}

async function hashSlowly(socket: Socket): Promise<string> {
	const hash = createHash("sha1");
	let reads = 0;
	socket.on("data", (chunk) => {
		hash.update(chunk);
		if (++reads % 50 === 0) {
			socket.pause();
			setImmediate(() => socket.resume());
		}
	});
	await once(socket.resume(), "end");
	return hash.digest("hex");
}

/** The value that something has come to rest at. */
async function settled(look: () => Promise<number>): Promise<number> {
	let last = Number.NaN;
	for (let same = 0; same < 5; ) {
		await new Promise((resolve) => setTimeout(resolve, 200));
		const value = await look();
		same = value === last && value > 0 ? same + 1 : 0;
		last = value;
	}
	return last;
}

/** Proof that the proxy has come through. */
async function carriesOn(fixture: Fixture): Promise<void> {
	const { client, server } = await fixture.pair();
	client.end("still there?");
	expect((await readAll(server)).bytes.toString()).toBe("still there?");
}
