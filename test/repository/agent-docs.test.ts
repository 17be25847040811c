import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { createMetrics } from "../../src/agent/metrics.ts";

const page = "docs/agent.md";
const text = readFileSync(page, "utf8");

describe("docs/agent.md", () => {
	it("names a test that exists for every fault", () => {
		const table = text.slice(text.indexOf("\n| fault |"), text.indexOf("\n## Security"));
		const rows = table.split("\n").filter((line) => /^\| (?!fault|---)/.test(line));
		expect(rows.length).toBeGreaterThan(20);
		for (const row of rows) {
			const [, file = "", title = ""] = /`([^`]+\.test\.ts)`: (.+) \|$/.exec(row) ?? [];
			expect([row, existsSync(file)]).toEqual([row, true]);
			expect([row, readFileSync(file, "utf8").includes(title)]).toEqual([row, true]);
		}
	});

	it("lists the agent's own metrics", async () => {
		const rendered = await createMetrics({ pods: () => undefined, repair: () => undefined }).render();
		const own = [...rendered.matchAll(/^# TYPE (shunt_agent_\w+)/gm)].map(([, name = ""]) => name);
		const listed = [...text.matchAll(/`(shunt_agent_\w+)`/g)].map(([, name = ""]) => name);
		expect(listed.sort()).toEqual(own.sort());
	});

	it("links to pages that exist", () => {
		for (const [, target = ""] of text.matchAll(/\]\(((?!https:)[^)#]+)\)/g)) {
			expect(existsSync(join(dirname(page), target)), target).toBe(true);
		}
	});
});
