import type { Command } from "commander";
import { StrictCommand } from "../../command/strict-command.ts";
import type { ExitCode } from "../../domain/exit-code.ts";
import { findChart } from "../chart/find-chart.ts";
import { addValueFlags } from "../chart/value-flags.ts";
import { parseNamespace } from "../cluster/cluster-flags.ts";
import { type ReleaseWorld, processWorld as releaseWorld } from "../cluster/release-world.ts";
import { type InstallCniFlags, runInstallCni } from "./run-install-cni.ts";

const processWorld: ReleaseWorld = { ...releaseWorld, chart: () => findChart("shunt-cni") };

/** `shunt install-cni`. The exit status goes to `finish`, since only an entry point may end the process. */
export function installCniCommand(
	finish: (status: ExitCode) => void,
	world: ReleaseWorld = processWorld,
): Command {
	const command = new StrictCommand("install-cni").description(
		"print the manifests that put the CNI plugin on every node",
	);
	addValueFlags(command)
		.option("-n, --namespace <name>", "where the agents go", "shunt-cni")
		.checkValues({ namespace: parseNamespace })
		.addHelpText("after", examples);
	return command.action(async (flags: InstallCniFlags) =>
		finish(await runInstallCni(flags, world, command.program)),
	);
}

const examples = `
The manifests are those of the chart charts/shunt-cni, which Helm installs just as well; its values.yaml says what can be
set, and values-*.yaml beside it where other distributions have their folders. No cluster is asked, and applying the
manifests again is how they are upgraded. Nothing is printed when a value is wrong.

Examples:
  # On nodes whose runtime is containerd as it comes
  shunt install-cni | kubectl apply -f -

  # On k3s
  shunt install-cni -f charts/shunt-cni/values-k3s.yaml | kubectl apply -f -

  # Out of every node again, and then out of the cluster
  shunt install-cni --set uninstall=true | kubectl apply -f -
  kubectl rollout status daemonset/shunt-cni --namespace shunt-cni
  shunt install-cni | kubectl delete -f -

Exit status: 0 done, 64 bad input.`;
