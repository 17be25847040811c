import type { Command } from "commander";
import { fail, ok, type Result } from "../../domain/problem.ts";
import { addValueFlags, type ValueFlags } from "../chart/value-flags.ts";
import { addClusterFlags, type ClusterFlags } from "../cluster/cluster-flags.ts";

/** What `install` and `upgrade` have in common. */
export interface ReleaseFlags extends ValueFlags, ClusterFlags {
	/** Several replicas, spread over nodes: the chart's values-ha.yaml below everything given. */
	readonly ha?: true;
}

export function addReleaseFlags(command: Command): Command {
	addValueFlags(command).option(
		"--ha",
		"highly available: the chart's values-ha.yaml, below all other values",
	);
	return addClusterFlags(command);
}

/** RFC 1123, as Kubernetes wants it of a namespace. */
export function parseNamespace(text: string): Result<string> {
	return /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(text)
		? ok(text)
		: fail({
				source: "--namespace",
				value: text,
				complaint: "is not a namespace's name",
				accepted: "at most 63 of a-z, 0-9 and -, beginning and ending with a letter or a digit",
			});
}
