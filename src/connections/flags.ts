import { type Flag, valueFlag } from "../command/flag.ts";
import { statusFlags, targetFlags } from "../status/flags.ts";
import { tcpStates } from "../wire/conntrack.ts";
import { directions } from "./connection.ts";
import { vias } from "./describe.ts";

/** What `--state` can be. */
export const stateChoices = ["live", "any", ...new Set(tcpStates)] as const;

export function connectionsFlags(): readonly Flag[] {
	return [
		...targetFlags,
		valueFlag("direction", "WAY", "only connections that go this way", { choices: directions }),
		valueFlag("port", "N", "only connections that were going to this port"),
		valueFlag("uid", "UID", "only connections of programs that run as this user"),
		valueFlag("via", "WHERE", "only connections that went there: see below", { choices: vias }),
		valueFlag("state", "STATE", "only connections in this state; live are all that are not over", {
			choices: stateChoices,
			default: "live",
		}),
		{
			name: "otherwise",
			kind: "boolean",
			default: "false",
			help: "only connections that the present rules would have go elsewhere",
		},
		{ name: "totals", kind: "boolean", default: "false", help: "only how many there are by each rule" },
		{
			name: "watch",
			kind: "boolean",
			default: "false",
			help: "go on, and show what begins, changes and ends, until interrupted",
		},
		valueFlag(
			"interval",
			"DURATION",
			"how often --watch looks; what begins and ends in between is not seen",
			{ default: "2s" },
		),
		valueFlag(
			"output",
			"FORMAT",
			"text, or json for one object on standard output (with --watch one for each line)",
			{
				choices: ["text", "json"],
				default: "text",
			},
		),
		...statusFlags().filter(({ name }) => name === "transport"),
	];
}
