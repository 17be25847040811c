import type { Command } from "commander";
import { StrictCommand } from "../../command/strict-command.ts";
import type { ExitCode } from "../../domain/exit-code.ts";
import { harmless } from "../../domain/harmless.ts";
import { findChart } from "../chart/chart-folder.ts";
import { addValueFlags, type ValueFlags } from "../chart/value-flags.ts";
import { parseNamespace } from "../cluster/cluster-flags.ts";
import { deliver, settle } from "../install/outcome.ts";
import { printRelease, readRequest, render } from "../install/read-request.ts";
import { processIo, type ReleaseIo } from "../io.ts";

const cniIo: ReleaseIo = { ...processIo, chart: () => findChart("shunt-cni") };

/** `shunt install-cni`. The exit status goes to `finish`, since only an entry point may end the process. */
export function installCniCommand(finish: (status: ExitCode) => void, io: ReleaseIo = cniIo): Command {
	const command = new StrictCommand("install-cni").description(
		"print the manifests that put the CNI plugin on every node",
	);
	addValueFlags(command)
		.option("-n, --namespace <name>", "where the agents go", "shunt-cni")
		.checkValues({ namespace: parseNamespace })
		.addHelpText("after", examples);
	return command.action(async (flags: InstallCniFlags) =>
		finish(await runInstallCni(flags, io, command.program)),
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
  shunt uninstall --cni | kubectl delete -f -

Exit status: 0 done, 64 bad input.`;

interface InstallCniFlags extends ValueFlags {
	readonly namespace: string;
}

/** Renders, and prints only what is right as a whole. Nobody is asked: nothing here depends on the cluster. */
function runInstallCni(flags: InstallCniFlags, io: ReleaseIo, program: string): Promise<ExitCode> {
	return settle(io, program, async () => {
		const { chart, given, namespace } = await readRequest(flags, io);
		const rendered = render({ chart, values: given, namespace, now: io.now });
		for (const warning of rendered.warnings) {
			io.stderr(`warning: ${harmless(warning)}\n`);
		}
		return deliver(io, printRelease(rendered));
	});
}
