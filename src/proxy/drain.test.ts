import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { withProxy } from "../../test/support/proxy-fixture.ts";
import { dial, readAll } from "../../test/support/proxy-sockets.ts";
import { stopRequests } from "../serving/stop-signals.ts";

describe("draining", () => {
	it("is over at once when nothing is open", () =>
		withProxy({}, async ({ proxy }) => {
			expect(proxy.ready).toBe(true);
			await proxy.drain(60_000);
			expect(proxy.ready).toBe(false);
		}));

	it("refuses new connections while those that are open go on to their end", () =>
		withProxy({}, async (fixture) => {
			const { client, server } = await fixture.pair();
			const port = fixture.port();
			const drained = fixture.proxy.drain(600_000);
			expect(fixture.proxy.ready).toBe(false);
			await expect(dial(port)).rejects.toThrow("ECONNREFUSED");
			client.end("last words");
			expect((await readAll(server)).bytes.toString()).toBe("last words");
			server.end("and an answer");
			expect((await readAll(client)).bytes.toString()).toBe("and an answer");
			await drained;
			expect(await fixture.closed()).toMatchObject({ reason: "closed" });
		}));

	it("cuts off at the deadline what is still open", () =>
		withProxy({}, async (fixture) => {
			const pairs = [await fixture.pair(), await fixture.pair()];
			const endings = pairs.flatMap(({ client, server }) => [readAll(client), readAll(server)]);
			await fixture.proxy.drain(20);
			for (const { how } of await Promise.all(endings)) {
				expect(how).toBe("ECONNRESET");
			}
			expect(await fixture.closed()).toMatchObject({ reason: "drain" });
			expect(await fixture.metric('errors_total{direction="outbound",reason="drain"}')).toBe(2);
		}));

	it("can be cut short", () =>
		withProxy({}, async (fixture) => {
			const { client } = await fixture.pair();
			const ending = readAll(client);
			const drained = fixture.proxy.drain(600_000);
			fixture.proxy.abort();
			await drained;
			expect((await ending).how).toBe("ECONNRESET");
		}));
});

describe("stop requests", () => {
	it("are told apart as first and second, whichever signals they are", async () => {
		const signals = new EventEmitter();
		const stop = stopRequests(signals);
		signals.emit("SIGINT", "SIGINT");
		signals.emit("SIGTERM", "SIGTERM");
		signals.emit("SIGTERM", "SIGTERM");
		expect([await stop.first, await stop.second]).toEqual(["SIGINT", "SIGTERM"]);
	});

	it("leave no listener behind", () => {
		const signals = new EventEmitter();
		stopRequests(signals).ignore();
		expect(signals.eventNames()).toEqual([]);
	});
});
