import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { formatCase, parseCases } from "./recorded-case.ts";

test.each(["proxy-init.jsonl", "proxy-init-more.jsonl"])("%s is reproduced byte for byte", (name) => {
	const text = readFileSync(new URL(`../vectors/${name}`, import.meta.url), "utf8");
	const cases = parseCases(text);
	expect(cases.length).toBeGreaterThanOrEqual(40);
	expect(cases.map((recorded) => `${formatCase(recorded)}\n`).join("")).toBe(text);
});

test("quotes, line breaks and letters beyond ASCII survive", () => {
	const odd = { args: ['"', "80\n90", "é€"], mode: "nft", exit: 1, error: "", ipv4: [], ipv6: [] } as const;
	const line = formatCase(odd);
	expect(line).toContain('"args": ["\\"", "80\\n90", "\\u00e9\\u20ac"], "mode": "nft", "exit": 1');
	expect(parseCases(`${line}\n`)).toEqual([odd]);
});
