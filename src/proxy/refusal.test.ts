import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { type Fixture, withProxy } from "../../test/support/proxy-fixture.ts";
import { clientAddress, dial, eventually, openPeer, readAll } from "../../test/support/proxy-sockets.ts";
import { openStuckServer } from "../../test/support/proxy-stuck-server.ts";
import type { Family } from "../domain/family.ts";
import { NoOriginalDestination } from "../linux/original-destination.ts";
import { createLog } from "../serving/log.ts";
import { listen, type ProxySettings, TransparentProxy } from "./transparent-proxy.ts";

async function errors(fixture: Fixture, reason: string): Promise<number> {
	return fixture.metric(`errors_total{direction="outbound",reason="${reason}"}`);
}

/** A client that is turned away, and the line that says why. */
async function turnedAway(fixture: Fixture) {
	const ending = await readAll(connect({ port: fixture.port(), localAddress: clientAddress }));
	return { ending, line: await fixture.closed() };
}

describe("a server that", () => {
	it("refuses looks to the client as it would without a proxy", () =>
		withProxy({}, async (fixture) => {
			const peer = await openPeer();
			peer.close();
			fixture.destination = () => ({ address: "127.0.0.1", port: peer.port });
			const { ending, line } = await turnedAway(fixture);
			expect(ending.how).toBe("ECONNRESET");
			expect(line).toMatchObject({
				level: "warning",
				reason: "refused",
				code: "ECONNREFUSED",
				sent: 0,
				received: 0,
			});
			expect(await errors(fixture, "refused")).toBe(1);
			expect(await fixture.metric('connect_seconds_count{direction="outbound"}')).toBe(0);
		}));

	it("does not answer is given up after the connect timeout", async () => {
		const stuck = await openStuckServer();
		await withProxy({ connectTimeoutMs: 200 }, async (fixture) => {
			fixture.destination = () => ({ address: "127.0.0.1", port: stuck.port });
			const { ending, line } = await turnedAway(fixture);
			expect(ending.how).toBe("ECONNRESET");
			expect(line).toMatchObject({ reason: "connect-timeout" });
			expect(await errors(fixture, "connect-timeout")).toBe(1);
		}).finally(stuck.close);
	});

	it("does not answer is given up with the client that gives up", async () => {
		const stuck = await openStuckServer();
		await withProxy({ connectTimeoutMs: 600_000 }, async (fixture) => {
			fixture.destination = () => ({ address: "127.0.0.1", port: stuck.port });
			const client = await fixture.connect();
			await eventually(async () => (await fixture.metric('connections_open{direction="outbound"}')) === 1);
			client.resetAndDestroy();
			expect(await fixture.closed()).toMatchObject({ reason: "client-reset", received: 0 });
		}).finally(stuck.close);
	});

	it("has no route is unreachable", () =>
		withProxy({}, async (fixture) => {
			// Class E: the kernel itself says no.
			fixture.destination = () => ({ address: "255.255.255.255", port: 1 });
			const { ending, line } = await turnedAway(fixture);
			expect(ending.how).toBe("ECONNRESET");
			expect(line).toMatchObject({ reason: expect.stringMatching(/^(unreachable|connect-failed)$/) });
		}));
});

describe("an original destination", () => {
	it("that the kernel does not know is an error of its own", () =>
		withProxy({}, async (fixture) => {
			fixture.destination = () => {
				throw new NoOriginalDestination("ENOENT");
			};
			const { ending, line } = await turnedAway(fixture);
			expect(ending.how).toBe("ECONNRESET");
			expect(line).toMatchObject({ reason: "no-original-destination", code: "ENOENT" });
			expect(line).not.toHaveProperty("server");
			expect(await errors(fixture, "no-original-destination")).toBe(1);
		}));

	it("that cannot be asked for costs one connection and not the proxy", () =>
		withProxy({}, async (fixture) => {
			const { destination } = fixture;
			fixture.destination = () => {
				throw new TypeError("unexpected");
			};
			expect((await turnedAway(fixture)).line).toMatchObject({
				reason: "no-original-destination",
				code: "TypeError: unexpected",
			});
			fixture.destination = destination;
			const { client, server } = await fixture.pair();
			client.end("served");
			expect((await readAll(server)).bytes.toString()).toBe("served");
		}));

	it.each([
		["where it was accepted", () => "127.0.0.1"],
		["another loopback address", () => "127.1.2.3"],
		["the unspecified address", () => "0.0.0.0"],
		[
			"an address of an interface",
			() =>
				Object.values(networkInterfaces())
					.flatMap((addresses) => addresses ?? [])
					.find(({ family, address }) => family === "IPv4" && !address.startsWith("127."))?.address ??
				"127.0.0.1",
		],
	])("that is the proxy itself, at %s, is a loop", (_, address) =>
		withProxy({}, async (fixture) => {
			fixture.destination = () => ({ address: address(), port: fixture.port("inbound") });
			const { ending, line } = await turnedAway(fixture);
			expect(ending.how).toBe("ECONNRESET");
			expect(line).toMatchObject({ reason: "loop", server: `${address()}:${fixture.port("inbound")}` });
			expect(await errors(fixture, "loop")).toBe(1);
		}),
	);

	it("at the proxy's port of another machine is none", () =>
		withProxy({ connectTimeoutMs: 1 }, async (fixture) => {
			fixture.destination = () => ({ address: "192.0.2.1", port: fixture.port() });
			expect((await turnedAway(fixture)).line).not.toMatchObject({ reason: "loop" });
		}));
});

describe("the connection limit", () => {
	it("resets what is above it, and lets in again when there is room", () =>
		withProxy({ maxConnections: 2 }, async (fixture) => {
			const [first] = [await fixture.pair(), await fixture.pair()];
			const { ending, line } = await turnedAway(fixture);
			expect(ending.how).toBe("ECONNRESET");
			expect(line).toMatchObject({ reason: "limit" });
			expect(await errors(fixture, "limit")).toBe(1);
			first.client.end();
			first.server.resume().end();
			await fixture.closed();
			const { client, server } = await fixture.pair();
			client.end("in");
			expect((await readAll(server)).bytes.toString()).toBe("in");
		}));
});

describe("the idle limit", () => {
	it("ends a connection in which nothing moves", () =>
		withProxy({ idleTimeoutMs: 50 }, async (fixture) => {
			const { client, server } = await fixture.pair();
			const endings = await Promise.all([readAll(client), readAll(server)]);
			expect(endings.map(({ how }) => how)).toEqual(["ECONNRESET", "ECONNRESET"]);
			expect(await fixture.closed()).toMatchObject({ reason: "idle" });
			expect(await errors(fixture, "idle")).toBe(1);
		}));

	it("ends one that was left half closed", () =>
		withProxy({ idleTimeoutMs: 50 }, async (fixture) => {
			const { client, server } = await fixture.pair();
			client.end();
			expect((await readAll(server)).how).toBe("end");
			expect((await readAll(client)).how).toBe("ECONNRESET");
			expect(await fixture.closed()).toMatchObject({ reason: "idle" });
		}));

	it("leaves a busy one alone for as long as it is busy", () =>
		withProxy({ idleTimeoutMs: 1000 }, async (fixture) => {
			const [busy, quiet] = [await fixture.pair(), await fixture.pair()];
			busy.server.resume();
			const chatter = setInterval(() => busy.client.write("."), 1);
			const ending = await readAll(quiet.client);
			clearInterval(chatter);
			expect(ending.how).toBe("ECONNRESET");
			busy.client.end();
			busy.server.end();
			const reasons = [(await fixture.closed())["reason"], (await fixture.closed())["reason"]];
			expect(reasons).toEqual(["idle", "closed"]);
		}));
});

describe("a listener", () => {
	it("that cannot have its port stops the start, and the others are closed again", async () => {
		await withProxy({}, async (fixture) => {
			const taken = fixture.port("inbound");
			await expect(
				withProxy({ ports: { inbound: 0, outbound: taken } }, async () => undefined),
			).rejects.toThrow(/EADDRINUSE/);
			expect(await dial(taken)).toBeDefined();
		});
	});

	it.each(["EAFNOSUPPORT", "EADDRNOTAVAIL"])(
		"of a family that the machine lacks (%s) is left out",
		async (code) => {
			const missing = new Set<Family>(["ipv6"]);
			const { proxy, lines } = onMachineWithout(missing, code);
			await proxy.start();
			expect(proxy.ready).toBe(true);
			expect(lines).toContainEqual(expect.objectContaining({ level: "warning", family: "ipv6" }));
			expect(proxy.portOf("inbound", "ipv6")).toBeUndefined();
			expect(proxy.portOf("inbound", "ipv4")).toBeGreaterThan(0);
			await proxy.drain(0);
			missing.add("ipv4");
			await expect(onMachineWithout(missing, code).proxy.start()).rejects.toThrow(
				"no listener could be opened",
			);
		},
	);
});

/** Whether a family is there is the kernel's command line's business, so that is made up. */
function onMachineWithout(missing: ReadonlySet<Family>, code: string) {
	const lines: Record<string, unknown>[] = [];
	const log = createLog(
		{ logLevel: "info", logFormat: "json" },
		{ write: (line) => lines.push(JSON.parse(line)) },
	);
	const settings: ProxySettings = {
		ports: { inbound: 0, outbound: 0 },
		families: ["ipv4", "ipv6"],
		connectTimeoutMs: 1000,
		idleTimeoutMs: 0,
		maxConnections: 1,
	};
	const open: typeof listen = (family, port) =>
		missing.has(family) ? Promise.reject(Object.assign(new Error(code), { code })) : listen(family, port);
	const nowhere = () => ({ address: "127.0.0.1", port: 1 });
	return { lines, proxy: new TransparentProxy(settings, nowhere, log, open) };
}
