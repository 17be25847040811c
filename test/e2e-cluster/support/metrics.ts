/** One number of what Prometheus would read: `NAME{LABELS}` as it is written there. */
export function metricOf(metrics: string, series: string): number {
	const line = metrics.split("\n").find((one) => one.startsWith(`${series} `));
	if (line === undefined) {
		throw new Error(`there is no ${series}:\n${metrics.slice(0, 1_000)}`);
	}
	return Number(line.slice(series.length));
}
