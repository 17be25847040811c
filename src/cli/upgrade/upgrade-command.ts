import type { Command } from "commander";
import { StrictCommand } from "../../command/strict-command.ts";
import type { ExitCode } from "../../domain/exit-code.ts";
import { processWorld, type ReleaseWorld } from "../cluster/release-world.ts";
import { addReleaseFlags } from "../install/release-flags.ts";
import { runUpgrade, type UpgradeFlags } from "./run-upgrade.ts";

/** `shunt upgrade`. The exit status goes to `finish`, since only an entry point may end the process. */
export function upgradeCommand(
	finish: (status: ExitCode) => void,
	world: ReleaseWorld = processWorld,
): Command {
	const command = new StrictCommand("upgrade").description(
		"print the manifests that change an installed Shunt: its version, its values, its mode",
	);
	addReleaseFlags(command)
		.option("--reset-values", "begin with the chart's defaults, not with the values that are stored")
		.option("--rotate-certs", "make the injector's certificate anew, however long it is still valid")
		.option(
			"--from-manifests <file>",
			"read what is installed from manifests (- is standard input), ask no cluster",
		)
		.addHelpText("after", examples);
	return command.action(async (flags: UpgradeFlags) =>
		finish(await runUpgrade(flags, world, command.program)),
	);
}

const examples = `
The values that the release was installed with are stored in the cluster and stay, whatever the defaults have become;
what is given here comes over them, null (--set key=null) takes a value away, and keys that are new have their defaults.
What changes is said on standard error, and how many workloads it reaches when they restart. The certificate stays until
it is about to expire.

Examples:
  # To this program's version, nothing else
  shunt upgrade | kubectl apply -f -

  # Another mode for every workload, as each restarts
  shunt upgrade --set proxyInit.iptablesMode=nft | kubectl apply -f -

  # Without a cluster
  kubectl get -n shunt configmap/shunt-config secret/shunt-injector-tls -o yaml >installed.yaml
  shunt upgrade --from-manifests installed.yaml --set proxyInit.iptablesMode=auto >shunt.yaml

Exit status: 0 done, 1 nothing is installed or the cluster says no, 64 bad input, 77 not permitted.`;
