import { Option } from "commander";
import type { StrictCommand } from "../../command/strict-command.ts";
import { parseDuration } from "../../domain/duration.ts";
import { all, fail, ok, type Problem, type Result } from "../../domain/problem.ts";
import { addValueFlags, type ValueFlags } from "../chart/value-flags.ts";
import { addClusterFlags, type ClusterFlags, parseNamespace } from "../cluster/cluster-flags.ts";
import type { CheckRequest } from "./check.ts";
import { type OutputFormat, outputFormats } from "./format-results.ts";

export interface CheckFlags extends ClusterFlags, ValueFlags {
	readonly pre?: true;
	readonly proxy?: true;
	readonly probeNodes?: true;
	readonly probeNamespace?: string;
	readonly wait: string;
	readonly output: OutputFormat;
}

/** What the flags come to. */
export interface CheckOptions extends CheckRequest {
	readonly waitMs: number;
	/** Whether values were given, over those of the release or the chart. */
	readonly hasValues: boolean;
}

export function addCheckFlags(command: StrictCommand): StrictCommand {
	command
		.option("--pre", "before an installation: whether Shunt could be installed")
		.option("--proxy", "look at the applications' pods too: modes, missing proxies, readiness")
		.option("--probe-nodes", "try on every node, with a short-lived pod, which modes it can serve")
		.option("--probe-namespace <name>", "where those pods run (default: the release's namespace, or default)")
		.option("--wait <time>", "how long to wait for what may come true; also for one node's pod", "5m")
		.addOption(
			new Option("-o, --output <format>", "how to print it; short leaves out what is well")
				.choices([...outputFormats])
				.default("table"),
		);
	addClusterFlags(command);
	return addValueFlags(command);
}

/** Every mistake at once. */
export function parseCheckFlags(flags: CheckFlags, known: readonly Problem[] = []): Result<CheckOptions> {
	const { pre = false, proxy = false, probeNodes = false, probeNamespace } = flags;
	const wait = parseDuration(flags.wait, "--wait");
	const hasValues = valueFlags.some((name) => flags[name] !== undefined);
	const namespaces = [
		parseNamespace(flags.namespace),
		...(probeNamespace === undefined ? [] : [parseNamespace(probeNamespace, "--probe-namespace")]),
	];
	const problems: Problem[] = [
		...known,
		...(pre && proxy
			? [alone("--proxy", "makes no sense with --pre, before there are proxies", "one of them")]
			: []),
		...(probeNamespace !== undefined && !probeNodes
			? [alone("--probe-namespace", "says nothing without --probe-nodes", "both")]
			: []),
		...(hasValues && !probeNodes
			? [
					alone(
						"--values, --set …",
						"say nothing without --probe-nodes",
						"both, to try the nodes for these values",
					),
				]
			: []),
	];
	const parsed = all<unknown>([wait, ...namespaces, ...(problems.length > 0 ? [fail(...problems)] : [])]);
	return parsed.ok && wait.ok
		? ok({ pre, proxy, probeNodes, hasValues, waitMs: wait.value })
		: fail(...(parsed.ok ? [] : parsed.problems));
}

const valueFlags = ["values", "set", "setString", "setJson", "setFile"] as const;

function alone(source: string, complaint: string, accepted: string): Problem {
	return { source, complaint, accepted };
}
