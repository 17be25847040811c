import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorCodes } from "../../src/cni/cni-error.ts";
import { linkerdKeys } from "../../src/cni/linkerd-config.ts";
import { readPluginConfig } from "../../src/cni/plugin-config.ts";
import { fields } from "../../src/policy/fields.ts";

const page = "docs/cni.md";
const text = readFileSync(page, "utf8");

function section(heading: string): string {
	const start = text.indexOf(`\n## ${heading}\n`);
	expect(start, heading).toBeGreaterThan(0);
	const end = text.indexOf("\n## ", start + 1);
	return text.slice(start, end < 0 ? undefined : end);
}

describe("docs/cni.md", () => {
	it("lists every code of an error and no other", () => {
		const listed = [...section("What it answers").matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
		expect(listed).toEqual(Object.values(errorCodes));
	});

	it("lists every key of our block, with its default", () => {
		const { config } = readPluginConfig({ shunt: { "": 1, agent: { "": 1 } } });
		const accepted = config.ok
			? []
			: config.problems.map((problem) => problem.accepted.replace("one of ", ""));
		const known = accepted.flatMap((keys, index) =>
			keys.split(", ").map((key) => (index === 0 ? `shunt.${key}` : `shunt.agent.${key}`)),
		);
		const listed = [...section("Configuration").matchAll(/`(shunt\.[\w.]+)`/g)].map(([, key = ""]) => key);
		expect([...new Set(listed)].sort()).toEqual(known.filter((key) => key !== "shunt.agent").sort());
	});

	it("lists linkerd-cni's keys", () => {
		const own = ["uids-to-ignore", "interfaces-to-ignore", "outbound-subnets", "outbound-ports-to-redirect"];
		const theirs = linkerdKeys.filter((key) => !own.some((part) => key.includes(part)));
		expect(theirs.length).toBeLessThan(fields.length + 4);
		expect(theirs.filter((key) => !section("Configuration").includes(`\`linkerd.${key}\``))).toEqual([]);
	});

	it("names tests that exist, for every requirement, every fault and everybody who may be taken over", () => {
		const rows = ["Conformance", "Faults", "Security"].flatMap((heading) =>
			section(heading)
				.split("\n")
				.filter((line) => line.startsWith("| ") && !/^\| (?:requirement|fault|who|---)/.test(line)),
		);
		expect(rows.length).toBeGreaterThan(35);
		for (const row of rows) {
			const [, file = "", title = ""] = /`([^`]+\.test\.ts)`: (.+) \|$/.exec(row) ?? [];
			expect([row, existsSync(file)]).toEqual([row, true]);
			expect([row, readFileSync(file, "utf8").includes(title)]).toEqual([row, true]);
		}
	});

	it("links to pages that exist", () => {
		for (const [, target = ""] of text.matchAll(/\]\(((?!https:)[^)#]+)\)/g)) {
			expect(existsSync(join(dirname(page), target)), target).toBe(true);
		}
	});
});
