import type { StrictCommand } from "../../command/strict-command.ts";
import { addValueFlags, type ValueFlags } from "../chart/value-flags.ts";
import { addClusterFlags, type ClusterFlags } from "../cluster/cluster-flags.ts";

/** What `install` and `upgrade` have in common. */
export interface ReleaseFlags extends ValueFlags, ClusterFlags {
	/** Several replicas, spread over nodes: the chart's values-ha.yaml below everything given. */
	readonly ha?: true;
}

export function addReleaseFlags(command: StrictCommand): StrictCommand {
	addValueFlags(command).option(
		"--ha",
		"highly available: the chart's values-ha.yaml, below all other values",
	);
	return addClusterFlags(command);
}
