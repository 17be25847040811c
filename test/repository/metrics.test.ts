import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { createMetrics as agentMetrics } from "../../src/agent/metrics.ts";
import { version } from "../../src/domain/version.ts";
import { createMetrics as injectorMetrics } from "../../src/injector/metrics.ts";
import { createMetrics as proxyMetrics } from "../../src/proxy/metrics.ts";

/** Each program's registry as it is when it starts, with what it is asked for it. */
const programs = [
	{
		name: "shunt proxy",
		where: "`:4191/metrics` of an injected pod; `--admin-port` says otherwise",
		registry: () => proxyMetrics(() => []),
	},
	{
		name: "shunt injector",
		where: "`:9995/metrics` of its pods",
		registry: () => {
			const metrics = injectorMetrics(() => 0);
			// Series that are only there once something was counted.
			metrics.skipped("not-enabled");
			metrics.turnedAway(404);
			return metrics;
		},
	},
	{
		name: "shunt agent",
		where: "`:9996/metrics` on the node's address (`adminPort`)",
		registry: () => {
			const metrics = agentMetrics({
				pods: () => ({ redirect: 0, leave: 0, unclear: 0 }),
				repair: () => ({ intact: 0, drifted: 0, unknown: 0 }),
			});
			// Series that are only there once the modes were tried.
			metrics.foundDialects([]);
			return metrics;
		},
	},
] as const;

const intro = `# Metrics

What the long-running programs count, in Prometheus' text format. This page is made from the programs' own registries. The
chart's \`podMonitor\` values make Prometheus' operator read them; \`/live\` and \`/ready\` are beside them.

Where the values of its labels are known beforehand, a series is there from the start with 0, so that the first error is an
increase. Of the others an example is shown.
`;

interface Family {
	readonly name: string;
	readonly help: string;
	readonly type: string;
	readonly labels: readonly string[];
}

function familiesIn(exposition: string): Family[] {
	const helps = [...exposition.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)$/gm)];
	return helps.map(([, name = "", help = "", type = ""]) => {
		const series = [
			...exposition.matchAll(new RegExp(`^${name}(?:_bucket|_sum|_count)?\\{([^}]*)\\}`, "gm")),
		];
		const found = series.flatMap(([, pairs = ""]) =>
			[...pairs.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = "", value = ""]) => [label, value] as const),
		);
		const names = [...new Set(found.map(([label]) => label))].filter((label) => label !== "le");
		const labels = names.map((label) => {
			const values = new Set(found.filter(([own]) => own === label).map(([, value]) => value));
			return `\`${label}\`: ${[...values].map((value) => (value === version ? "its version" : value)).join(", ")}`;
		});
		return { name, help, type, labels };
	});
}

async function page(): Promise<string> {
	const sections = await Promise.all(
		programs.map(async ({ name, where, registry }) => {
			const rows = familiesIn(await registry().render()).map(
				(family) =>
					`| \`${family.name}\` | ${family.type} | ${family.labels.join("; ")} | ${family.help} |\n`,
			);
			return `## ${name}\n\nAt ${where}.\n\n| name | type | labels | what it is |\n| --- | --- | --- | --- |\n${rows.join("")}`;
		}),
	);
	return `${intro}\n${sections.join("\n")}\n## Ask Prometheus

| question | query |
| --- | --- |
| do proxies fail to reach servers? | \`sum by (reason) (rate(shunt_proxy_errors_total[5m]))\` |
| how long do connections take to be made? | \`histogram_quantile(0.99, sum by (le, direction) (rate(shunt_proxy_connect_seconds_bucket[5m])))\` |
| are pods refused? | \`rate(shunt_injector_reviews_total{outcome=~"refused\\|failed"}[5m])\` |
| when does the webhook's certificate end? | \`shunt_injector_certificate_expiry_timestamp_seconds - time()\` |
| which nodes are without the CNI plugin? | \`shunt_agent_installed == 0\` |
| on which nodes have pods no rules, or nobody knows? | \`shunt_agent_meshed_pods{rules!="intact"} > 0\` |
`;
}

/** `UPDATE_GOLDEN=1\` writes it anew. */
it("the documented metrics are those of the programs' registries", async () => {
	const text = await page();
	if (process.env["UPDATE_GOLDEN"] === "1") {
		writeFileSync("docs/metrics.md", text);
	}
	expect(text).toBe(readFileSync("docs/metrics.md", "utf8"));
});

it("the queries ask for series that there are", async () => {
	const text = await page();
	const known = text.split("## Ask Prometheus")[0] ?? "";
	const asked = [...(text.split("## Ask Prometheus")[1] ?? "").matchAll(/shunt_[a-z_]+/g)].map(
		([name]) => name,
	);
	expect(asked.length).toBeGreaterThan(4);
	expect(asked.filter((name) => !known.includes(`\`${name.replace(/_bucket$/, "")}\``))).toEqual([]);
});
