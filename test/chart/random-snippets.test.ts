import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { snippet } from "./support/random-snippets.ts";
import { expectBothFail, expectSameTexts, rendersWithOurs } from "./support/snippets.ts";
import { values } from "./support/values.ts";

const snippets = fc.sample(snippet, { numRuns: 3000, seed: 20_260_801 });
const rendered = snippets.filter((text) => rendersWithOurs(text, values));
const refused = snippets.filter((text) => !rendered.includes(text));

describe("random expressions", () => {
	it("are right about a quarter of the time, so that both ways are tried", () => {
		expect(rendered.length).toBeGreaterThan(500);
		expect(refused.length).toBeGreaterThan(500);
	});

	it("that we render, Helm renders to the same text", () => {
		for (let i = 0; i < rendered.length; i += 300) {
			expectSameTexts(rendered.slice(i, i + 300), values);
		}
	});

	it("that we refuse, Helm refuses", () => {
		for (const text of refused.slice(0, 80)) {
			expectBothFail(text, values);
		}
	});
});
