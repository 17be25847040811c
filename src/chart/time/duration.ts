const nanoseconds: Readonly<Record<string, number>> = {
	ns: 1e-6,
	us: 1e-3,
	µs: 1e-3,
	μs: 1e-3,
	ms: 1,
	s: 1000,
	m: 60_000,
	h: 3_600_000,
};

/** time.ParseDuration, such as `-1h30m`, in milliseconds; undefined for what is no duration. */
export function parseDuration(text: string): number | undefined {
	const body = text.replace(/^[+-]/, "");
	if (body === "0") {
		return 0;
	}
	if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body)) {
		return undefined;
	}
	let sum = 0;
	for (const [, number, unit = ""] of body.matchAll(/([\d.]+)([a-zµμ]+)/g)) {
		sum += Number(number) * (nanoseconds[unit] ?? 0);
	}
	return text.startsWith("-") ? -sum : sum;
}

/** time.Duration's text for whole seconds: `1h30m0s`. */
export function formatSeconds(seconds: bigint): string {
	const size = seconds < 0n ? -seconds : seconds;
	const [hours, minutes, rest] = [size / 3600n, (size / 60n) % 60n, size % 60n];
	const text =
		hours > 0n ? `${hours}h${minutes}m${rest}s` : minutes > 0n ? `${minutes}m${rest}s` : `${rest}s`;
	return (seconds < 0n ? "-" : "") + text;
}
