import { parseCommandLine } from "../command/command-line.ts";
import type { OutputFormat } from "../command/failure.ts";
import { FlagValues } from "../command/flag-values.ts";
import { parseDuration } from "../domain/duration.ts";
import { parseUid } from "../domain/identity.ts";
import { parsePort } from "../domain/port.ts";
import { err, ok, type Result } from "../domain/problem.ts";
import { parseTransport, type Transport } from "../domain/transport.ts";
import { parseChoice } from "../domain/words.ts";
import { readTarget, type Target } from "../status/options.ts";
import { directions } from "./connection.ts";
import { vias } from "./describe.ts";
import type { Wanted } from "./filter.ts";
import { connectionsFlags, stateChoices } from "./flags.ts";

export interface ConnectionsOptions {
	readonly target: Target;
	readonly transport: Transport;
	readonly wanted: Wanted;
	readonly totals: boolean;
	/** In milliseconds; absent where one look is enough. */
	readonly interval?: number;
	readonly output: OutputFormat;
}

export function parseConnectionsOptions(
	argv: readonly string[],
	program: string,
): Result<ConnectionsOptions> {
	const known = connectionsFlags();
	const flags = new FlagValues(parseCommandLine(argv, known, program), known);
	const target = readTarget(flags);
	const interval = flags.one("interval", (text, source) => parseDuration(text, source, leastMs)) ?? leastMs;
	const watch = flags.boolean("watch");
	const totals = flags.boolean("totals");
	const options = {
		target,
		transport: flags.one("transport", parseTransport) ?? "auto",
		wanted: {
			direction: flags.one("direction", parseChoice(directions)),
			port: flags.one("port", parsePort),
			uid: flags.one("uid", parseUid),
			via: flags.one("via", parseChoice(vias)),
			state: flags.one("state", parseChoice(stateChoices)) ?? "live",
			otherwise: flags.boolean("otherwise"),
		},
		totals,
		...(watch ? { interval } : {}),
		output: flags.one("output", parseChoice<OutputFormat>(["text", "json"])) ?? "text",
	};
	if (watch && target.kind === "all") {
		// Our own namespace could not be entered again, once it was left: no path leads back to it.
		flags.problems.push({
			source: "--watch, --all",
			complaint: "exclude each other",
			accepted: "--watch with --netns, --pid or neither",
		});
	}
	if (watch && totals) {
		flags.problems.push({
			source: "--watch, --totals",
			complaint: "exclude each other",
			accepted: "one of them",
		});
	}
	if (!watch && flags.isGiven("interval")) {
		flags.problems.push({
			source: "--interval",
			complaint: "is about --watch, which is not given",
			accepted: "--watch beside it",
		});
	}
	return flags.problems.length > 0 ? err(...flags.problems) : ok(options);
}

/** More often would be all that a node's CPU does. */
const leastMs = 100;
