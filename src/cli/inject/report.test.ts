import { expect, it } from "vitest";
import { type Entry, formatReport, manyObjects } from "./report.ts";

const entries = (count: number, entry: Omit<Entry, "label">): Entry[] =>
	Array.from({ length: count }, (_, index) => ({ ...entry, label: `pod/${entry.verdict}-${index}` }));

const problem = { source: "spec.volumes", value: "x", complaint: "is taken", accepted: "another" };

const many = [
	...entries(3000, { verdict: "injected" }),
	...entries(70, { verdict: "injected", warnings: ["port 25 bypasses the proxy"] }),
	...entries(12, { verdict: "skipped", detail: "hostNetwork is on" }),
	...entries(2, { verdict: "refused", problems: [problem] }),
	...entries(900, { verdict: "passed" }),
];

it("puts objects of which the same is to be said together, where there are many", () => {
	expect(formatReport(many, { verbose: false }).split("\n")).toEqual([
		"3000 injected",
		"  pod/injected-0, pod/injected-1, pod/injected-2 and 2997 more",
		"70 injected",
		"  warning: port 25 bypasses the proxy",
		"  pod/injected-0, pod/injected-1, pod/injected-2 and 67 more",
		"12 skipped: hostNetwork is on",
		"  pod/skipped-0, pod/skipped-1, pod/skipped-2 and 9 more",
		"2 refused",
		'  spec.volumes: "x" is taken (want another)',
		"  pod/refused-0, pod/refused-1",
		"",
		"3070 injected, 12 skipped, 900 passed through, 2 refused",
		"",
	]);
});

it("has a line for each where that is asked for, or there are few", () => {
	expect(formatReport(many, { verbose: true }).split("\n")).toHaveLength(3084 + 70 + 2 + 3);
	const few = entries(manyObjects, { verdict: "injected" });
	expect(formatReport(few, { verbose: false }).split("\n")).toHaveLength(manyObjects + 3);
	expect(formatReport([...few, ...few], { verbose: false }).split("\n")).toHaveLength(5);
});

it("stays short where something else is to be said of each, and says so", () => {
	const all = entries(500, { verdict: "skipped" }).map((entry, index) => ({
		...entry,
		detail: `reason ${index}`,
	}));
	const lines = formatReport(all, { verbose: false }).split("\n");
	expect(lines.length).toBeLessThan(60);
	expect(lines).toContain("475 others, no two groups of them alike (--verbose has a line for each)");
});
