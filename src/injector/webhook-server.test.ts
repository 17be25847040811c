import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { ByteBudget, readBody } from "./webhook-server.ts";

function sender(headers: Readonly<Record<string, string>> = {}) {
	const stream = new PassThrough();
	return { stream, request: Object.assign(stream, { headers }) as unknown as IncomingMessage };
}

describe("reading a body", () => {
	it("gives all of it, and leaves its bytes on the account until they are given back", async () => {
		const budget = new ByteBudget(10);
		const { stream, request } = sender();
		const reading = readBody(request, { limit: 10, budget });
		stream.write("12345");
		stream.end("678");
		expect(await reading).toEqual({ kind: "whole", bytes: Buffer.from("12345678") });
		expect([budget.take(3), budget.take(2)]).toEqual([false, true]);
		budget.give(10);
		expect(budget.take(10)).toBe(true);
	});

	it("stops where it becomes too large, announced or not", async () => {
		const budget = new ByteBudget(100);
		const announced = sender({ "content-length": "11" });
		expect(await readBody(announced.request, { limit: 10, budget })).toEqual({ kind: "too-large" });
		const { stream, request } = sender();
		const reading = readBody(request, { limit: 10, budget });
		stream.write("123456");
		stream.write("123456");
		expect(await reading).toEqual({ kind: "too-large" });
		expect(budget.take(100)).toBe(true);
	});

	it("stops where all bodies together become too much, and gives back what it took", async () => {
		const budget = new ByteBudget(10);
		const [first, second] = [sender(), sender()];
		const readings = [first, second].map(({ request }) => readBody(request, { limit: 10, budget }));
		first.stream.write("1234567");
		second.stream.write("12");
		second.stream.write("1234");
		expect(await readings[1]).toEqual({ kind: "busy" });
		first.stream.end("890");
		expect(await readings[0]).toMatchObject({ kind: "whole" });
	});

	it("ends with the sender", async () => {
		const budget = new ByteBudget(10);
		const { stream, request } = sender();
		const reading = readBody(request, { limit: 10, budget });
		stream.write("12");
		stream.destroy();
		expect(await reading).toEqual({ kind: "cut-off" });
		expect(budget.take(10)).toBe(true);
	});
});
