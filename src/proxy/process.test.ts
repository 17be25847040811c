import { connect, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { sampleOf } from "../../test/support/proxy-fixture.ts";
import { freePorts, type ProxyProcess, withProxyProcess } from "../../test/support/proxy-process.ts";
import { dial, eventually, openPeer, type Peer, readAll } from "../../test/support/proxy-sockets.ts";

interface Setting {
	readonly proxy: ProxyProcess;
	readonly peer: Peer;
	pair(): Promise<{ readonly client: Socket; readonly server: Socket }>;
}

async function withProcess(
	settings: { readonly flags?: readonly string[]; readonly prefix?: readonly string[] },
	use: (setting: Setting) => Promise<void>,
): Promise<void> {
	const [peer, ports] = [await openPeer(), await freePorts()];
	const clients: Socket[] = [];
	const pair = async () => {
		const [client, server] = await Promise.all([dial(ports.outbound), peer.next()]);
		clients.push(client);
		return { client, server };
	};
	const env = { SERVER_PORT: `${peer.port}` };
	try {
		await withProxyProcess({ ports, entry: ["test/support/proxy-main.ts"], env, ...settings }, (proxy) =>
			use({ proxy, peer, pair }),
		);
	} finally {
		peer.close();
		for (const client of clients) {
			client.destroy();
		}
	}
}

describe("a stop signal", () => {
	it.each(["SIGTERM", "SIGINT"] as const)("%s lets an idle proxy go at once, with success", (signal) =>
		withProcess({}, async ({ proxy }) => {
			proxy.kill(signal);
			expect(await proxy.exit).toBe(0);
			expect(proxy.lines).toContainEqual(expect.objectContaining({ msg: "stopping", signal }));
		}),
	);

	it("lets connections finish, while it is not ready for more", () =>
		withProcess({ flags: ["--drain-timeout", "10m"] }, async ({ proxy, pair }) => {
			const { client, server } = await pair();
			expect(await proxy.ask("/ready")).toMatchObject({ status: 200 });
			proxy.kill("SIGTERM");
			await eventually(async () => (await proxy.ask("/ready")).status === 503);
			expect(await proxy.ask("/live")).toMatchObject({ status: 200 });
			await expect(dial(proxy.ports.outbound)).rejects.toThrow("ECONNREFUSED");
			client.end("bye");
			expect((await readAll(server)).bytes.toString()).toBe("bye");
			server.end();
			expect((await readAll(client)).how).toBe("end");
			expect(await proxy.exit).toBe(0);
			expect(proxy.closed()).toMatchObject([{ reason: "closed", sent: 3 }]);
		}));

	it("cuts connections off at the deadline, and that is still success", () =>
		withProcess({ flags: ["--drain-timeout", "100ms"] }, async ({ proxy, pair }) => {
			const { client } = await pair();
			proxy.kill("SIGTERM");
			expect((await readAll(client)).how).toBe("ECONNRESET");
			expect(await proxy.exit).toBe(0);
			expect(proxy.closed()).toMatchObject([{ reason: "drain" }]);
		}));

	it("given twice does not wait", () =>
		withProcess({ flags: ["--drain-timeout", "10m"] }, async ({ proxy, pair }) => {
			const { client } = await pair();
			proxy.kill("SIGTERM");
			await eventually(() => proxy.lines.some(({ msg }) => msg === "draining"));
			proxy.kill("SIGTERM");
			expect((await readAll(client)).how).toBe("ECONNRESET");
			expect(await proxy.exit).toBe(0);
		}));
});

describe("the admin server", () => {
	it("answers what it knows and nothing else", () =>
		withProcess({}, async ({ proxy, pair }) => {
			const { client, server } = await pair();
			client.end("12345");
			await readAll(server);
			expect(await proxy.ask("/live")).toMatchObject({ status: 200 });
			expect(await proxy.ask("/ready?verbose")).toMatchObject({ status: 200 });
			expect(await proxy.ask("/")).toMatchObject({ status: 404 });
			const { status, body, type } = await proxy.ask("/metrics");
			expect([status, type]).toEqual([200, expect.stringContaining("version=0.0.4")]);
			expect(sampleOf(body, 'connections_total{direction="outbound"}')).toBe(1);
			expect(sampleOf(body, 'connections_total{direction="inbound"}')).toBe(0);
			expect(sampleOf(body, 'connections_open{direction="outbound"}')).toBe(1);
			expect(sampleOf(body, 'bytes_total{direction="outbound",flow="sent"}')).toBe(5);
			expect(sampleOf(body, 'bytes_total{direction="outbound",flow="received"}')).toBe(0);
			expect(sampleOf(body, 'connect_seconds_count{direction="outbound"}')).toBe(1);
			expect(sampleOf(body, 'errors_total{direction="inbound",reason="refused"}')).toBe(0);
			expect(body).toContain("process_resident_memory_bytes");
		}));

	it("serves no other method", () =>
		withProcess({}, async ({ proxy }) => {
			const socket = await dial(proxy.ports.admin);
			socket.end("POST /live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
			expect((await readAll(socket)).bytes.toString()).toMatch(/^HTTP\/1\.1 405 /);
		}));

	it("does not come up, and neither does the proxy, where its port is taken", async () => {
		const peer = await openPeer();
		const ports = { ...(await freePorts()), admin: peer.port };
		const settings = {
			ports,
			entry: ["test/support/proxy-main.ts"],
			flags: ["--admin-address", "127.0.0.1"],
		};
		await expect(withProxyProcess(settings, async () => undefined)).rejects.toThrow("ended with 1");
		peer.close();
	});
});

describe("a shortage of descriptors", () => {
	it("costs connections but not the proxy", () =>
		withProcess(
			{ prefix: ["sh", "-c", 'ulimit -n 80; exec "$0" "$@"'], flags: ["--max-connections", "1000"] },
			async ({ proxy, peer }) => {
				peer.echo();
				expect(proxy.lines).toContainEqual(
					expect.objectContaining({ msg: "the limit on open files is too low for so many connections" }),
				);
				const clients = Array.from({ length: 200 }, () => connect(proxy.ports.outbound, "127.0.0.1"));
				// Reset by us, or closed by libuv, which then does not tell (uv__emfile_trick).
				await Promise.race(clients.map((client) => readAll(client)));
				for (const client of clients) {
					client.destroy();
				}
				await eventually(() => proxy.descriptors() < 40);
				const client = await dial(proxy.ports.outbound);
				client.end("still here");
				expect((await readAll(client)).bytes.toString()).toBe("still here");
			},
		));
});

describe("a log that nobody reads any more", () => {
	it("does not keep the proxy from serving", () =>
		withProcess({}, async ({ proxy, peer }) => {
			peer.echo();
			proxy.stopReading();
			for (const text of ["one", "two", "three"]) {
				const client = await dial(proxy.ports.outbound);
				client.end(text);
				expect((await readAll(client)).bytes.toString()).toBe(text);
				const sample = 'connections_open{direction="outbound"}';
				await eventually(async () => sampleOf((await proxy.ask("/metrics")).body, sample) === 0);
			}
			proxy.kill("SIGTERM");
			expect(await proxy.exit).toBe(0);
		}));
});

describe("memory", () => {
	it("does not grow with what a slow reader leaves unread", () =>
		withProcess({}, async ({ proxy, pair }) => {
			const before = proxy.residentKilobytes();
			const pairs = await Promise.all(Array.from({ length: 20 }, pair));
			const block = Buffer.alloc(1024 * 1024);
			for (const { client, server } of pairs) {
				client.pause();
				const offer = () => {
					while (server.writable && server.write(block)) {
						// Gigabytes, if anybody took them.
					}
				};
				server.on("drain", offer);
				offer();
			}
			const received = async () =>
				sampleOf((await proxy.ask("/metrics")).body, 'bytes_total{direction="outbound",flow="received"}');
			let [last, now] = [-1, await received()];
			while (now !== last) {
				await new Promise((resolve) => setTimeout(resolve, 500));
				[last, now] = [now, await received()];
			}
			expect(proxy.residentKilobytes() - before).toBeLessThan(64 * 1024);
		}));
});

describe("many connections", () => {
	it("are carried at once, and all their descriptors come back", () =>
		withProcess({}, async ({ proxy, peer }) => {
			peer.echo();
			const before = proxy.descriptors();
			const count = 4000;
			const clients: Socket[] = [];
			while (clients.length < count) {
				const batch = Array.from({ length: 100 }, () => dial(proxy.ports.outbound));
				clients.push(...(await Promise.all(batch)));
			}
			const open = async () =>
				sampleOf((await proxy.ask("/metrics")).body, 'connections_open{direction="outbound"}');
			await eventually(async () => (await open()) === count);
			const endings = clients.map((client, index) => {
				client.end(`${index}`);
				return readAll(client);
			});
			const echoes = (await Promise.all(endings)).map(({ bytes }) => bytes.toString());
			expect(echoes).toEqual(clients.map((_, index) => `${index}`));
			await eventually(async () => (await open()) === 0);
			await eventually(() => proxy.descriptors() <= before + 2);
			await eventually(() => proxy.closed().length === count);
		}));
});
