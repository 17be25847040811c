import { readFileSync, writeFileSync } from "node:fs";
import { figureAt, figureInText, type Place, rangeOf } from "./results-table.ts";

/** A sentence or row of a page, with `{}` where it quotes a measurement. */
interface Quote {
	readonly page: string;
	readonly text: string;
	/** What stands in the holes, in their order. */
	readonly figures: (results: string) => readonly string[];
}

/** Two digits that mean something, thousands apart: `3.9`, `39`, `470`, `4,100`. */
export function rounded(figure: number): string {
	return Math.abs(figure) < 10
		? figure.toFixed(figure < 1 ? 2 : 1)
		: Number(figure.toPrecision(2)).toLocaleString("en");
}

const native = "`shunt init`, native";
const reference = "the reference program";

function each(places: readonly Place[], write = rounded) {
	return (results: string) => places.map((place) => write(figureAt(results, place)));
}

function wall(section: string, row: string, tables = ["legacy", "nft", "nftables"]): Place[] {
	return tables.map((table) => ({ section, table, row, column: "wall" }));
}

function bare(): Place[] {
	const restores = "the bare restores, side by side";
	return [
		...wall("one-namespace", restores, ["legacy", "nft"]),
		...wall("one-namespace", "the bare transaction", ["nftables"]),
	];
}

function longLists(modes: readonly string[]): Place[] {
	return modes.flatMap((mode) =>
		["Skipped ports", "Skipped subnets"].map((table) => ({
			section: "cost-per-connection",
			table,
			row: "10,000",
			column: `rate, ${mode}`,
		})),
	);
}

const atRate = { section: "injector", table: "300 reviews per second", row: "injector" };
const asMuch = { section: "injector", table: "As many reviews as go", row: "injector" };
const proxy = { section: "proxy", row: "`shunt proxy`", column: "of HAProxy" };
const bytes = "One connection, as many bytes as it carries";
const agent = (row: string, column: string, table?: string): Place => ({
	...{ section: "agent", row, column },
	...(table === undefined ? {} : { table }),
});
const repairing = (mode: string) => `and \`--repair\`, \`--report-dialects\`, ${mode}`;
const agents = ["installs", "and `--watch-pods`", repairing("nft"), repairing("legacy")] as const;

/** Everything that pages for users say of how fast or small Shunt is. */
export const quotes: readonly Quote[] = [
	{
		page: "README.md",
		text: "| making the rules of both families | takes {} ms; {} ms with a tenth of a CPU | the native program {} ms; {} ms ",
		figures: each(
			[reference, native].flatMap((row) =>
				[wall("one-namespace", row, ["legacy"]), wall("under-quota", row, ["legacy"])].flat(),
			),
		),
	},
	{
		page: "README.md",
		text: "an `init` of it takes {} ms where a Node program that does nothing takes {}",
		figures: each(
			["`shunt init` on Node", "an empty program for Node"].flatMap((row) =>
				wall("one-namespace", row, ["legacy"]),
			),
		),
	},
	...["README.md", "CHANGELOG.md"].map((page) => ({
		page,
		text: page === "README.md" ? "a static file of {} MB" : "in one static file of {} MB",
		figures: (results: string) => [rounded(figureInText(results, "transport", /The file has ([\d.]+) MB/))],
	})),
	...(
		[
			[native, wall("one-namespace", native)],
			["the bare `iptables-restore`, or `nft -f`, with nobody in charge", bare()],
			[`${native}, with a tenth of a processor`, wall("under-quota", native)],
		] as const
	).map(([row, places]) => ({
		page: "docs/performance.md",
		text: `| ${row} | {} ms | {} ms | {} ms |`,
		figures: each(places),
	})),
	...(
		[
			["Linkerd's proxy-init", "one-namespace"],
			["Linkerd's proxy-init, with a tenth of a processor", "under-quota"],
		] as const
	).map(([row, section]) => ({
		page: "docs/performance.md",
		text: `| ${row} | {} ms | {} ms | no such mode |`,
		figures: each(wall(section, reference, ["legacy", "nft"])),
	})),
	{
		page: "docs/performance.md",
		text: "Memory: {} MB ({} MB in mode `nftables`)",
		figures: each(
			["legacy", "nftables"].map((mode) => ({ section: "memory", row: `${mode}: ${native}`, column: "MB" })),
		),
	},
	{
		page: "docs/performance.md",
		text: "`nftables` keeps {} % of the rate past ports and {} % past subnets, where `legacy` keeps {} % and {} %, and `nft` {} % and {} %",
		figures: each(longLists(["nftables", "legacy", "nft"])),
	},
	{
		page: "docs/performance.md",
		text: "| the injector, one review of a typical pod | {} ms in the median, {} ms at the 99th percentile at 300 reviews per second; {} per second at most on one processor |",
		figures: each([
			{ ...atRate, column: "p50" },
			{ ...atRate, column: "p99" },
			{ ...asMuch, column: "reviews/s" },
		]),
	},
	{
		page: "docs/performance.md",
		text: "swapped every second | {}–{} MB, level |",
		figures: (results) =>
			rangeOf(results, {
				section: "injector",
				table: "Memory over 100,000 reviews, files swapped every second",
				column: "resident MB",
			}).map(String),
	},
	{
		page: "docs/performance.md",
		text: "one connection with as many bytes as it carries | {} times HAProxy's rate to the pod, {} times from it; {} times where each request takes a new connection |",
		figures: each(
			[`${bytes}, to the pod`, `${bytes}, from the pod`, "A connection for every request, 16 clients"].map(
				(table) => ({ ...proxy, table }),
			),
		),
	},
	{
		page: "docs/performance.md",
		text: "| `shunt validate` | {} ms |",
		figures: each([
			{
				section: "validate",
				row: "as root: outbound, inbound, ports and the proxy's user",
				column: "median",
			},
		]),
	},
	{
		page: "docs/performance.md",
		text: "| `shunt install`, rendering the chart | {} ms |",
		figures: each([{ section: "rendering", row: "`shunt install`", column: "wall" }]),
	},
	{
		page: "docs/agent.md",
		text: "An agent that installs takes {} MB; with `--watch-pods` {} MB; with repair and 250 pods {} MB, and {} MB where their rules are in legacy tables",
		figures: each(agents.map((row) => agent(row, "resident MB"))),
	},
	{
		page: "docs/agent.md",
		text: "Of a core they take {} %, {} %, {} % and {} %",
		figures: each(agents.map((row) => agent(row, "% of a core"))),
	},
	{
		page: "docs/agent.md",
		text: "rules of fifty pods were back {} s after the last of them had been flushed, in legacy tables {} s",
		figures: each(["nft", "legacy"].map((row) => agent(row, "median", "Flushed rules"))),
	},
	{
		page: "docs/agent.md",
		text: "there {} ms after the pod's event, and of a hundred the latest {} ms",
		figures: each(
			["median", "worst"].map((column) => agent("legacy, one by one", column, "A new pod's file")),
		),
	},
];

const hole = "\\d[\\d.,]*\\d|\\d";

/** Finds a quote in its page, whatever its figures are and wherever its lines end. Words and figures are groups in turn. */
export function patternOf({ text }: Quote): RegExp {
	const parts = text
		.split("{}")
		.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll(/\s+/g, "\\s+"));
	return new RegExp(parts.map((part) => `(${part})`).join(`(${hole})`), "g");
}

/** The page's text with every quote of it as the results are now. A quote that the page does not have is an error. */
export function requoted(page: string, text: string, results: string): string {
	return quotes
		.filter((quote) => quote.page === page)
		.reduce((text, quote) => {
			if (text.search(patternOf(quote)) < 0) {
				throw new Error(`${page} does not say: ${quote.text}`);
			}
			const figures = quote.figures(results);
			const count = 2 * figures.length + 1;
			return text.replace(patternOf(quote), (_, ...groups: string[]) =>
				groups
					.slice(0, count)
					.map((words, index) => (index % 2 === 0 ? words : figures[(index - 1) / 2]))
					.join(""),
			);
		}, text);
}

/** Writes the results' figures into all pages that quote them. */
export function requoteAll(results: string): void {
	for (const page of new Set(quotes.map(({ page }) => page))) {
		const file = new URL(`../${page}`, import.meta.url);
		writeFileSync(file, requoted(page, readFileSync(file, "utf8"), results));
	}
}
