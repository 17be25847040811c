import type { Command } from "commander";
import { StrictCommand } from "../../command/strict-command.ts";
import type { ExitCode } from "../../domain/exit-code.ts";
import { processWorld, type ReleaseWorld } from "../cluster/release-world.ts";
import { addReleaseFlags } from "./release-flags.ts";
import { type InstallFlags, runInstall } from "./run-install.ts";

/** `shunt install`. The exit status goes to `finish`, since only an entry point may end the process. */
export function installCommand(
	finish: (status: ExitCode) => void,
	world: ReleaseWorld = processWorld,
): Command {
	const command = new StrictCommand("install").description("print the manifests that put Shunt on a cluster");
	addReleaseFlags(command)
		.option("--ignore-cluster", "ask no cluster, not even where a kubeconfig names one")
		.addHelpText("after", examples);
	return command.action(async (flags: InstallFlags) =>
		finish(await runInstall(flags, world, command.program)),
	);
}

const examples = `
The manifests are those of the chart charts/shunt, which Helm installs just as well; its values.yaml says what can be
set. Before they are printed the cluster is asked whether they could be applied: whether it has the kinds, whether you
may create them, and whether Shunt is there already. Nothing is printed when anything is wrong. A namespace that somebody
else made is neither labelled nor part of the release.

The injector's certificate is kept where the cluster has one. Where no cluster is asked it is made anew each time: for a
repository, use cert-manager's or one of your own (injector.tls in values.yaml).

Examples:
  # On the cluster that kubectl talks to, in the mode of its nodes
  shunt install --set proxyInit.iptablesMode=nft | kubectl apply -f -

  # Three replicas, with values from files
  shunt install --ha -f values.yaml | kubectl apply -f -

  # Into a repository, for whatever cluster
  shunt install --ignore-cluster --set injector.tls.source=cert-manager >shunt.yaml

Exit status: 0 done, 1 the cluster says no, 64 bad input, 77 not permitted.`;
