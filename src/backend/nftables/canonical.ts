import { type Interval, intervalOf, mergeIntervals } from "./intervals.ts";
import type { SetMatch, SetRule } from "./set-rule.ts";

/** A rule in words that are equal exactly when the rules do the same for the same reason. */
export function canonicalRule({ reason, matches, verdict }: SetRule): string {
	const conditions = matches.map(canonicalMatch).sort().join(" ");
	const outcome = verdict.kind === "return" ? "return" : `redirect to port ${verdict.port}`;
	return `${conditions || "everything"}: ${outcome} [proxy-init/${reason}]`;
}

function canonicalMatch(match: SetMatch): string {
	switch (match.kind) {
		case "family":
			return match.family;
		case "protocol":
			return match.protocol;
		case "destination-port":
			return `to port ${spans(match.ports.map(({ low, high }) => ({ low: BigInt(low), high: BigInt(high) })))}`;
		case "source":
		case "destination":
			return `${match.kind} ${match.family} ${spans(match.subnets.map(intervalOf))}`;
		case "in-interface":
		case "out-interface":
			return `${match.kind} ${[...new Set(match.names)].sort().join(",")}`;
		case "uid":
		case "gid":
			return `${match.kind} ${spans(match.ids.map((id) => ({ low: BigInt(id), high: BigInt(id) })))}`;
	}
}

function spans(intervals: readonly Interval[]): string {
	return mergeIntervals(intervals)
		.map(({ low, high }) => (low === high ? `${low}` : `${low}-${high}`))
		.join(",");
}
