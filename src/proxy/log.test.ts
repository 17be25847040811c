import { describe, expect, it } from "vitest";
import type { LogFormat, LogLevel } from "../init/logger.ts";
import { createLog } from "../serving/log.ts";
import { logAccount } from "./account.ts";

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
		const { log, written } = lines("plain");
		logAccount(log, account);
		expect(written).toHaveLength(1);
		expect(written[0]).toMatch(
			/^time="\d{4}-\d\d-\d\dT[\d:.]+Z" level=info msg="connection closed" direction=inbound client=\[fd00::2\]:4711 server=10\.0\.0\.1:80 sent=1 received=2 ms=3 reason=closed\n$/,
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
		logAccount(log, { ...account, reason: "refused", code: "ECONNREFUSED" });
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
