import { describe, expect, it } from "vitest";
import { shortened, shortList } from "./shortened.ts";

const ports = Array.from({ length: 5000 }, (_, index) => index * 2 + 1);

describe("a long list on a line", () => {
	it.each([
		[
			"of a flag",
			`--skip=${ports.join(",")} --other=1,2`,
			"--skip=1,3,5,7,9,11,13,15,17,19,… and 4990 more --other=1,2",
		],
		[
			"of nft's",
			`tcp dport { ${ports.join(", ")} } return`,
			"tcp dport { 1, 3, 5, 7, 9, 11, 13, 15, 17, 19,… and 4990 more } return",
		],
		[
			"at the end",
			`to ports ${ports.join(", ")}`,
			"to ports 1, 3, 5, 7, 9, 11, 13, 15, 17, 19,… and 4990 more",
		],
		[
			"twice",
			`a ${ports.join()} b ${ports.join()}`,
			"a 1,3,5,7,9,11,13,15,17,19,… and 4990 more b 1,3,5,7,9,11,13,15,17,19,… and 4990 more",
		],
	])("%s keeps its first items and what stands around it", (_, text, short) => {
		expect(shortened(text)).toBe(short);
	});

	it.each([
		"",
		",",
		"a",
		"a, b",
		ports.slice(0, 20).join(),
		"no list, but words, many words, ".repeat(50),
		",".repeat(15),
	])("is not %j", (text) => expect(shortened(text)).toBe(text));
});

describe("a list that is not spelled yet", () => {
	it.each([0, 1, 10, 20, 21, 5000])(
		"of %d items comes out as it would be shortened, and no more of it is spelled",
		(length) => {
			const items = ports.slice(0, length);
			let spelled = 0;
			const short = shortList(items, (port) => {
				spelled++;
				return `${port}`;
			});
			expect(short).toBe(shortened(items.join(",")));
			expect(spelled).toBeLessThanOrEqual(20);
		},
	);
});
