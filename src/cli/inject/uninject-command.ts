import { Command } from "commander";
import type { ExitCode } from "../../domain/exit-code.ts";
import { outputOption, verboseOption } from "./inject-command.ts";
import type { OutputFormat } from "./output.ts";
import { runOnManifests } from "./run.ts";
import { uninjectTreatment } from "./uninject-treatment.ts";
import { type ManifestWorld, processWorld } from "./world.ts";

/** `shunt uninject`. The exit status goes to `finish`, since only an entry point may end the process. */
export function uninjectCommand(
	finish: (status: ExitCode) => void,
	world: ManifestWorld = processWorld,
): Command {
	const command = new Command("uninject")
		.description("take the proxy out of manifests, ours or Linkerd's")
		.argument("[paths...]", "files, directories with what is below them, or - for standard input")
		.addOption(outputOption())
		.addOption(verboseOption())
		.addHelpText("after", examples)
		.exitOverride();
	return command.action((paths: string[]) => finish(runUninject(paths, command.opts(), world)));
}

export function runUninject(
	paths: readonly string[],
	{ output, verbose }: { readonly output?: OutputFormat; readonly verbose?: true },
	world: ManifestWorld,
): ExitCode {
	return runOnManifests(
		{ paths, output, problems: [], verbose: verbose === true, treatment: () => uninjectTreatment },
		world,
	);
}

const examples = `
What "shunt inject" added goes, byte for byte; of what Linkerd's injector added, its containers, volumes, annotations
and labels.

Examples:
  shunt uninject deployment.yml
  kubectl get deployment web -o yaml | shunt uninject - | kubectl apply -f -

Exit status: 0 done, 64 bad input.`;
