import fc from "fast-check";
import { expect, it } from "vitest";
import { readByLibrary } from "../../src/yaml/library-reader.ts";
import type { Node } from "../../src/yaml/node.ts";
import { readQuickly } from "../../src/yaml/quick-reader.ts";

/** More than this in one go: SHUNT_FUZZ_RUNS=1000000. */
const numRuns = Number(process.env["SHUNT_FUZZ_RUNS"] ?? 20_000);

const pieces = [
	...[
		"a",
		"b: ",
		"c: d",
		"key:",
		"- ",
		"-",
		"? ",
		"\n",
		"\n",
		"\n  ",
		"\n    ",
		"\n- ",
		"\n  - ",
		"\n\n",
		"   ",
		"\r\n",
	],
	...[
		"---\n",
		"...\n",
		" # c",
		"# c\n",
		"\t",
		"[",
		"]",
		"{",
		"}",
		", ",
		": ",
		":",
		"|\n",
		"|-\n",
		"|+\n",
		">\n",
		">-\n",
	],
	...[
		"'q'",
		'"d"',
		'"e\\n"',
		"''",
		"''''",
		"'it''s'",
		'"\\u0041"',
		'"\\x41"',
		"http://x",
		"a:b",
		"a#b",
		"a b",
		"é",
		"😀",
	],
	...["1", "0x1F", "0o17", "0644", "1e3", "1.5", "-1", ".5", "12:30", "2020-01-01", "99999999999999999999"],
	...["true", "yes", "~", "null", "<<", "!", "&", "*", "%", "@", "`", "=", "/p", "$(X)"],
	...["x: |\n    t\n     u\n\n    v\n", "x: >\n  t\n  u\n\n\n  v\n"],
];

/** Everything that editing goes by, but for where nothing stands. */
function outline(node: Node | undefined): unknown {
	if (node === undefined || (node.kind === "scalar" && node.style === "none")) {
		return null;
	}
	const { kind, start, value } = node;
	switch (node.kind) {
		case "map":
			return [
				kind,
				node.isFlow,
				start,
				value,
				node.pairs.map((pair) => [pair.name, outline(pair.key), outline(pair.value)]),
			];
		case "seq":
			return [kind, node.isFlow, start, value, node.dashes, node.items.map(outline)];
		default:
			return [kind, start, node.end, value];
	}
}

it("what the quick reader reads, it reads as the library does", () => {
	let read = 0;
	fc.assert(
		fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 14 }), (parts) => {
			const text = parts.join("");
			const quick = readQuickly(text);
			if (quick !== undefined) {
				read++;
				const reading = readByLibrary(text);
				expect({ text, read: outline(quick.root) }).toEqual({
					text,
					read: reading.ok ? outline(reading.root) : reading.mistake,
				});
			}
		}),
		{ numRuns },
	);
	expect(read).toBeGreaterThan(numRuns / 20);
});
