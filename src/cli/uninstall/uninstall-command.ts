import type { Command } from "commander";
import { StrictCommand } from "../../command/strict-command.ts";
import type { ExitCode } from "../../domain/exit-code.ts";
import { addClusterFlags } from "../cluster/cluster-flags.ts";
import { processWorld, type ReleaseWorld } from "../cluster/release-world.ts";
import { runUninstall, type UninstallFlags } from "./run-uninstall.ts";

/** `shunt uninstall`. The exit status goes to `finish`, since only an entry point may end the process. */
export function uninstallCommand(
	finish: (status: ExitCode) => void,
	world: ReleaseWorld = processWorld,
): Command {
	const command = new StrictCommand("uninstall").description(
		"print the objects of an installed Shunt, to be deleted",
	);
	addClusterFlags(command).option("--force", "also while pods are injected").addHelpText("after", examples);
	return command.action(async (flags: UninstallFlags) =>
		finish(await runUninstall(flags, world, command.program)),
	);
}

const examples = `
Prints what the release has in its namespace and in the cluster: the webhook first, the namespace last, and that only
where the release made it and nobody else's pods, services or volumes are in it. Refuses while injected pods run, and lists them.

Examples:
  shunt uninstall | kubectl delete -f -

Exit status: 0 done, 1 pods are injected, nothing is installed or the cluster says no, 64 bad input, 77 not permitted.`;
