import { describe, expect, it } from "vitest";
import { configurationSource } from "./mounted.ts";

const parse = (text: string) => configurationSource("values.yaml").parse([text]);

describe("the configuration", () => {
	it("may be empty, YAML or JSON", () => {
		for (const text of ["", "# nothing\n", "{}", "cniEnabled: true\n", '{"cniEnabled": true}']) {
			expect(parse(text)).toMatchObject({ ok: true });
		}
	});

	it.each([
		["is not YAML", "a: [1", "values.yaml:1"],
		["holds two documents", "a: 1\n---\nb: 2\n", "values.yaml"],
		["has a key that does not exist", "cniEnable: true\n", "cniEnable"],
		["is a list", "- 1\n", ""],
		["makes a billion of nine lines", bomb(), "values.yaml:6"],
	])("which %s is refused", (_, text, source) => {
		const parsed = parse(text);
		expect(parsed).toMatchObject({
			ok: false,
			problems: expect.arrayContaining([expect.objectContaining({ source })]),
		});
	});

	it("means what a file for --config means", () => {
		// YAML 1.1, as everywhere: what 1.2 would take for a text.
		expect(parse("cniEnabled: yes\n")).toMatchObject({ ok: true, value: { cniEnabled: true } });
		expect(parse("proxy: {uid: 9223372036854775807}\n")).toMatchObject({
			problems: [{ source: "proxy.uid", value: "9223372036854775807" }],
		});
	});
});

function bomb(): string {
	const lines = Array.from({ length: 9 }, (_, level) => {
		const items = Array(9).fill(level === 0 ? "lol" : `*a${level - 1}`);
		return `a${level}: &a${level} [${items.join(", ")}]`;
	});
	return `${lines.join("\n")}\n`;
}
