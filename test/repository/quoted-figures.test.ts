import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { patternOf, quotes, requoted, rounded } from "../../bench/quoted-figures.ts";

const results = readFileSync("bench/RESULTS.md", "utf8");
const pages = [...new Set(quotes.map(({ page }) => page))];

/** What looks like a measurement and is none. */
const others: Readonly<Record<string, readonly string[]>> = {
	// Forms of time that flags take.
	"README.md": ["500ms"],
	// What the kernel's limit on processor time is, and what the reviews' rate is that the injector is asked at.
	"docs/performance.md": ["10 ms", "100 ms"],
};

describe("figures of speed and size in pages", () => {
	it.each(pages)("of %s are those of bench/RESULTS.md", (page) => {
		const text = readFileSync(page, "utf8");
		const now = requoted(page, text, results);
		if (process.env["UPDATE_GOLDEN"] === "1") {
			writeFileSync(page, now);
			return;
		}
		expect(text, "UPDATE_GOLDEN=1 npx vitest run --project unit test/repository/quoted-figures.test.ts").toBe(
			now,
		);
	});

	it.each(["README.md", "docs/performance.md"])("of %s are all quotes", (page) => {
		const rest = quotes
			.filter((quote) => quote.page === page)
			.reduce((text, quote) => text.replaceAll(patternOf(quote), ""), readFileSync(page, "utf8"));
		const left = [
			...rest.matchAll(/(?<!\w)\d[\d.,]*(?:–\d+)?\s?(?:ms|µs|s|[kKMG]B|%|×|times|per second)(?![\w-])/g),
		];
		expect(left.map(([figure]) => figure)).toEqual(others[page]);
	});

	it("change with the measurements, and only they", () => {
		const faster = results.replaceAll(/(\| `shunt init`, native +\| +)[\d.]+/g, "$11.23");
		const text = readFileSync("docs/performance.md", "utf8");
		const changed = requoted("docs/performance.md", text, faster);
		expect(changed).toContain("| `shunt init`, native | 1.2 ms | 1.2 ms | 1.2 ms |");
		expect(requoted("docs/performance.md", changed, results)).toBe(
			requoted("docs/performance.md", text, results),
		);
	});

	it("that nobody measures any more are an error", () => {
		const without = results.replaceAll("`shunt init`, native", "another program");
		expect(() => requoted("README.md", readFileSync("README.md", "utf8"), without)).toThrow(
			'no figure at {"section":"one-namespace","table":"legacy","row":"`shunt init`, native","column":"wall"}',
		);
	});

	it.each([
		[0.404, "0.40"],
		[3.87, "3.9"],
		[38.7, "39"],
		[468, "470"],
		[4144, "4,100"],
	])("%d is written %s", (figure, text) => {
		expect(rounded(figure)).toBe(text);
	});
});
