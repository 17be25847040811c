import { describe, expect, it } from "vitest";
import { parseConnectionsOptions } from "./options.ts";

const parse = (...argv: string[]) => parseConnectionsOptions(argv, "shunt connections");

describe("the arguments of shunt connections", () => {
	it("have defaults: this namespace, what is live, once, as text", () => {
		const parsed = parse();
		expect(parsed).toMatchObject({
			ok: true,
			value: { target: { kind: "own" }, output: "text", totals: false, wanted: { state: "live" } },
		});
		expect(parsed.ok && parsed.value).not.toHaveProperty("interval");
	});

	it("are read", () => {
		const argv =
			"--pid 7 --direction inbound --port 80 --uid 0 --via proxy --state any --watch --interval 500ms";
		expect(parse(...argv.split(" "))).toMatchObject({
			ok: true,
			value: {
				target: { kind: "named", netns: { path: "/proc/7/ns/net" } },
				wanted: { direction: "inbound", port: 80, uid: 0, via: "proxy", state: "any" },
				interval: 500,
			},
		});
	});

	it.each([
		["--direction sideways", "inbound, outbound, forwarded"],
		["--port 70000", "1 to 65535"],
		["--uid root", "a whole number"],
		["--via nowhere", "proxy, past-proxy, elsewhere, unknown"],
		["--state open", "live, any"],
		["--watch --all", "--watch with --netns, --pid or neither"],
		["--watch --totals", "one of them"],
		["--interval 1s", "--watch beside it"],
		["--watch --interval 1ms", "from 100ms"],
		["--all --pid 1", "at most one of them"],
		["--output yaml", "text, json"],
		["stray", ""],
	])("%s is refused, with what is accepted", (line, accepted) => {
		const parsed = parse(...line.split(" "));
		expect(!parsed.ok && parsed.problems).toHaveLength(1);
		expect(!parsed.ok && parsed.problems[0]?.accepted).toContain(accepted);
	});
});
