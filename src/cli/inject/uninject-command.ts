import type { Command } from "commander";
import { StrictCommand } from "../../command/strict-command.ts";
import type { ExitCode } from "../../domain/exit-code.ts";
import { type ManifestIo, processIo } from "../io.ts";
import { outputOption, verboseOption } from "./inject-command.ts";
import type { OutputFormat } from "./output.ts";
import { runOnManifests } from "./run.ts";
import { uninjectTreatment } from "./uninject-treatment.ts";

/** `shunt uninject`. The exit status goes to `finish`, since only an entry point may end the process. */
export function uninjectCommand(finish: (status: ExitCode) => void, io: ManifestIo = processIo): Command {
	const command = new StrictCommand("uninject")
		.collectProblems()
		.description("take the proxy out of manifests, ours or Linkerd's")
		.argument("[paths...]", "files, directories with what is below them, or - for standard input")
		.addOption(outputOption())
		.addOption(verboseOption())
		.addHelpText("after", examples);
	return command.action((paths: string[]) => finish(runUninject(command, paths, io)));
}

function runUninject(command: StrictCommand, paths: readonly string[], io: ManifestIo): ExitCode {
	const { output, verbose } = command.opts<{ readonly output?: OutputFormat; readonly verbose?: true }>();
	const { program, problems } = command;
	return runOnManifests(
		{ program, paths, output, problems, verbose: verbose === true, treatment: () => uninjectTreatment },
		io,
	);
}

const examples = `
What "shunt inject" added goes, byte for byte; of what Linkerd's injector added, its containers, volumes, annotations
and labels.

Examples:
  shunt uninject deployment.yml
  kubectl get deployment web -o yaml | shunt uninject - | kubectl apply -f -

Exit status: 0 done, 64 bad input.`;
