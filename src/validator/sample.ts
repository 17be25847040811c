import type { Port, PortRange } from "../domain/port.ts";

/** Connections are cheap, but not so cheap that one would want thousands. */
const most = 32;

/** Both ends of every range, or of ranges spread over the list where it is long. The first and the last are in it. */
export function samplePorts(ranges: readonly PortRange[]): Port[] {
	const ends = [...new Set(ranges.flatMap(({ low, high }) => [low, high]))];
	return spread(ends, most);
}

/** The ports just outside ranges, where a range that is a little too wide would show. */
export function portsBeside(ranges: readonly PortRange[]): number[] {
	const beside = ranges
		.flatMap(({ low, high }) => [low - 1, high + 1])
		.filter((port) => port >= 1 && port <= 65_535);
	return spread([...new Set(beside)], most / 4);
}

export function spread<T>(items: readonly T[], count: number): T[] {
	const last = items.length - 1;
	return items.length <= count
		? [...items]
		: Array.from({ length: count }, (_, index) => items[Math.round((index * last) / (count - 1))]).filter(
				(item) => item !== undefined,
			);
}
