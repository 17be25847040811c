import { describe, expect, it } from "vitest";
import { LoopGuard } from "./admission.ts";

const pod = { address: "10.0.0.9", port: 40_000 };
const server = { address: "10.0.0.1", port: 80 };

describe("what was dialled", () => {
	it("is a loop when it is accepted", () => {
		const guard = new LoopGuard();
		guard.dialled(pod, server);
		expect(guard.isOwnDial(pod, server)).toBe(true);
	});

	it("is none when only one end is the same", () => {
		const guard = new LoopGuard();
		guard.dialled(pod, server);
		expect(guard.isOwnDial(pod, { ...server, port: 443 })).toBe(false);
		expect(guard.isOwnDial({ ...pod, address: "10.0.0.10" }, server)).toBe(false);
	});

	it("is none when it is over", () => {
		const guard = new LoopGuard();
		guard.forget(guard.dialled(pod, server));
		expect(guard.isOwnDial(pod, server)).toBe(false);
	});

	it("cannot be confused with another by the way that addresses are written", () => {
		const guard = new LoopGuard();
		guard.dialled({ address: "fd00::1", port: 1 }, { address: "fd00::2", port: 2 });
		expect(guard.isOwnDial({ address: "fd00::1:1", port: 1 }, { address: "fd00::2", port: 2 })).toBe(false);
	});
});

describe("our own listener", () => {
	const guard = new LoopGuard();
	guard.ports.add(4143);

	it.each([
		["127.0.0.1", true],
		["127.9.9.9", true],
		["::1", true],
		["0.0.0.0", true],
		["::", true],
		["10.0.0.9", true],
		["10.0.0.1", false],
		["fd00::1", false],
	])("is recognised at %s: %s", (address, own) => {
		expect(guard.isOwnListener({ address, port: 4143 }, () => pod)).toBe(own);
	});

	it("is not at another port", () => {
		expect(guard.isOwnListener({ address: "127.0.0.1", port: 80 }, () => pod)).toBe(false);
	});
});
