import type { Random } from "./random.ts";

/** A flag by its long name, and its value. */
export type FlagUse = readonly [name: string, value: string];

const shortNames = new Map([
	["incoming-proxy-port", "p"],
	["outgoing-proxy-port", "o"],
	["proxy-uid", "u"],
	["proxy-gid", "g"],
	["ports-to-redirect", "r"],
	["use-wait-flag", "w"],
]);

const booleans = new Set(["ipv6", "use-wait-flag"]);

/** Writes flags down in one of the ways in which a user may; most often in the plain ones. */
export function spellFlags(random: Random, flags: readonly FlagUse[]): string[] {
	const prefersShort = random.chance(0.35);
	const isOdd = random.chance(0.15);
	return flags.flatMap(([name, value]) => {
		const short = prefersShort ? shortNames.get(name) : undefined;
		if (booleans.has(name)) {
			return [spellBoolean(short, name, value)];
		}
		const written = short === undefined ? `--${name}` : `-${short}`;
		const joint = short === undefined ? "=" : random.pick(["", "="]);
		return isOdd && (value !== "" || joint === "=") ? [`${written}${joint}${value}`] : [written, value];
	});
}

function spellBoolean(short: string | undefined, name: string, value: string): string {
	const written = short === undefined ? `--${name}` : `-${short}`;
	return value === "true" ? written : `${written}=${value}`;
}
