import { describe, expect, it, vi } from "vitest";
import type { LogFormat, LogLevel } from "../command/logger.ts";
import { createLog } from "../serving/log.ts";
import { AccountLog } from "./account.ts";

function lines(logFormat: LogFormat, logLevel: LogLevel = "info") {
	const written: string[] = [];
	return { written, log: createLog({ logFormat, logLevel }, { write: (line) => written.push(line) }) };
}

const account = {
	direction: "inbound",
	client: { address: "fd00::2", port: 4711 },
	server: { address: "10.0.0.1", port: 80 },
	sent: 1,
	received: 2,
	milliseconds: 3.4,
	reason: "closed",
} as const;

describe("the plain format", () => {
	it("is one line of names and values", () => {
		const { log, written } = lines("plain", "debug");
		new AccountLog(log).write(account);
		expect(written).toHaveLength(1);
		expect(written[0]).toMatch(
			/^time="\d{4}-\d\d-\d\dT[\d:.]+Z" level=debug msg="connection closed" direction=inbound client=\[fd00::2\]:4711 server=10\.0\.0\.1:80 sent=1 received=2 ms=3 reason=closed\n$/,
		);
	});

	it("quotes what is not a plain word", () => {
		const { log, written } = lines("plain");
		log.error("it broke", { error: 'a "bad" day\n', code: "EMFILE", none: undefined });
		expect(written[0]).toMatch(/level=error msg="it broke" error="a \\"bad\\" day\\n" code=EMFILE\n$/);
	});
});

describe("the JSON format", () => {
	it("is one object with the same names", () => {
		const { log, written } = lines("json");
		new AccountLog(log).write({ ...account, reason: "refused", code: "ECONNREFUSED" });
		expect(JSON.parse(written[0] ?? "")).toEqual({
			time: expect.stringMatching(/^\d{4}-.*Z$/),
			level: "warning",
			msg: "connection closed",
			direction: "inbound",
			client: "[fd00::2]:4711",
			server: "10.0.0.1:80",
			sent: 1,
			received: 2,
			ms: 3,
			reason: "refused",
			code: "ECONNREFUSED",
		});
	});
});

describe("the level", () => {
	it.each([
		["debug", 4],
		["info", 3],
		["warn", 2],
		["error", 1],
		["fatal", 0],
	] as const)("%s lets %d of four lines through", (level, count) => {
		const { log, written } = lines("plain", level);
		log.debug("1");
		log.info("2");
		log.warn("3");
		log.error("4");
		expect(written).toHaveLength(count);
	});
});

describe("connections, as long as nobody looks closely,", () => {
	const refused = { ...account, reason: "refused" } as const;

	it("leave no line where they end well", () => {
		const { log, written } = lines("plain");
		const accounts = new AccountLog(log);
		for (let count = 0; count < 100; count++) {
			accounts.write(account);
		}
		accounts.close();
		expect(written).toEqual([]);
	});

	it("leave one of each kind that fails, and the number of the others", () => {
		const { log, written } = lines("json");
		const accounts = new AccountLog(log);
		for (let count = 0; count < 100; count++) {
			accounts.write(refused);
			accounts.write({ ...account, direction: "outbound", reason: "idle" });
		}
		accounts.write({ ...account, reason: "loop" });
		accounts.close();
		const more = "more connections closed for the same reason";
		expect(written.map((line) => JSON.parse(line))).toEqual([
			expect.objectContaining({ level: "warning", msg: "connection closed", reason: "refused" }),
			expect.objectContaining({ level: "warning", msg: "connection closed", reason: "idle" }),
			expect.objectContaining({ level: "warning", msg: "connection closed", reason: "loop" }),
			expect.objectContaining({ msg: more, direction: "inbound", reason: "refused", connections: 99 }),
			expect.objectContaining({ msg: more, direction: "outbound", reason: "idle", connections: 99 }),
		]);
	});

	it("are told of again as they go on, and anew after a silence", async () => {
		const { log, written } = lines("json");
		const accounts = new AccountLog(log, 5);
		const messages = () => written.map((line) => JSON.parse(line)["msg"]);
		accounts.write(refused);
		accounts.write(refused);
		await vi.waitFor(() => expect(messages()).toHaveLength(2));
		// The interval after the one in which nothing came ends the matter.
		await vi.waitFor(
			() => {
				accounts.write(refused);
				expect(messages().filter((message) => message === "connection closed")).toHaveLength(2);
			},
			{ interval: 50 },
		);
		accounts.close();
		expect(messages()[1]).toBe("more connections closed for the same reason");
	});

	it("have each their line for those who do", () => {
		const { log, written } = lines("plain", "debug");
		const accounts = new AccountLog(log);
		accounts.write(account);
		accounts.write(refused);
		accounts.write(refused);
		expect(written.map((line) => /level=\w+/.exec(line)?.[0])).toEqual([
			"level=debug",
			"level=warning",
			"level=debug",
		]);
		accounts.close();
	});
});
