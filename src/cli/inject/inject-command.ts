import { type Command, Option } from "commander";
import { StrictCommand } from "../../command/strict-command.ts";
import type { ExitCode } from "../../domain/exit-code.ts";
import type { Problem } from "../../domain/problem.ts";
import type { InjectConfig } from "../../inject/config.ts";
import { parseInjectConfig } from "../../inject/parse-config.ts";
import { type ConfigKeyName, configKeys, configPrefix } from "../../policy/annotation-keys.ts";
import { resolvePodPolicy } from "../../policy/pod-policy.ts";
import { type ManifestIo, processIo } from "../io.ts";
import { injectTransform } from "./inject-transform.ts";
import { readConfig } from "./inputs.ts";
import type { OutputFormat } from "./output.ts";
import { manyObjects } from "./report.ts";
import { runOnManifests } from "./run.ts";

interface InjectFlags {
	readonly manual?: true;
	readonly config?: string;
	readonly output?: "yaml" | "json";
	readonly verbose?: true;
}

/** `shunt inject`. The exit status goes to `finish`, since only an entry point may end the process. */
export function injectCommand(finish: (status: ExitCode) => void, io: ManifestIo = processIo): Command {
	const command = new StrictCommand("inject")
		.collectProblems()
		.description("put the proxy into manifests, or have it put there when they are applied")
		.argument("[paths...]", "files, directories with what is below them, or - for standard input")
		.option("--manual", "add the containers here, instead of an annotation that has the webhook do it")
		.option("-f, --config <file>", "values of the release to inject for (default: a release's defaults)")
		.addOption(outputOption())
		.addOption(verboseOption())
		.addHelpText("after", examples);
	for (const { name, placeholder, help } of configKeys) {
		command.option(`--${name} <${placeholder.toLowerCase()}>`, help);
	}
	return command.action((paths: string[]) => finish(runInject(command, paths, io)));
}

export function outputOption(): Option {
	return new Option("-o, --output <format>", "yaml or json (default: as each file is)").choices([
		"yaml",
		"json",
	]);
}

export function verboseOption(): Option {
	return new Option("--verbose", `a line for every object, where there are more than ${manyObjects}`);
}

/** Commander writes names in camel case; ours are those of the annotations. */
function workloadFlags(command: Command): WorkloadFlags {
	return Object.fromEntries(
		configKeys.flatMap(({ name }) => {
			const option = command.options.find(({ long }) => long === `--${name}`);
			const value: unknown =
				option === undefined ? undefined : command.getOptionValue(option.attributeName());
			return typeof value === "string" ? [[name, value]] : [];
		}),
	);
}

function runInject(command: StrictCommand, paths: readonly string[], io: ManifestIo): ExitCode {
	const { manual, config: configFile, output, verbose } = command.opts<InjectFlags>();
	const flags = workloadFlags(command);
	const read = readConfig(configFile, io);
	const config = read.ok ? read : parseInjectConfig({});
	const format: OutputFormat = output;
	return runOnManifests(
		{
			program: command.program,
			paths,
			output: format,
			problems: [
				...command.problems,
				...(read.ok ? [] : read.problems),
				...(config.ok ? flagProblems(flags, config.value) : config.problems),
			],
			verbose: verbose === true,
			transformOf: (namespaces) => {
				if (!config.ok) {
					throw new Error("the default configuration is not valid");
				}
				return injectTransform({
					manual: manual === true,
					config: config.value,
					set: annotationsFrom(flags),
					namespaces,
				});
			},
		},
		io,
	);
}

const examples = `
Without --manual, pods and pod templates get the annotation shunt.dev/inject: enabled (namespaces too), and the webhook
does the rest when they are created. The flags below -o become config.shunt.dev/ annotations. Lists are separated by
commas; one that begins with + adds to the release's (as an annotation in YAML, "+80" needs its quotes).

Examples:
  # What is annotated, and what would be skipped and why
  shunt inject deployment.yml

  # Everything below a folder, straight to the cluster
  shunt inject manifests/ | kubectl apply -f -

  # Without a webhook, with ports that bypass the proxy
  helm template release chart | shunt inject --manual --skip-outbound-ports +3306 - | kubectl apply -f -

Nothing comes out when anything is refused. Exit status: 0 done, 64 bad input.`;

/** `--skip-inbound-ports 80` sets `config.shunt.dev/skip-inbound-ports: "80"`; every annotation has its flag. */
type WorkloadFlags = Partial<Record<ConfigKeyName, string>>;

function annotationsFrom(flags: WorkloadFlags): Record<string, string> {
	return Object.fromEntries(
		configKeys.flatMap(({ name }) => {
			const value = flags[name];
			return value === undefined ? [] : [[`${configPrefix}${name}`, value]];
		}),
	);
}

/** The mistakes in flags, under the flags' names, found before any manifest is looked at. */
function flagProblems(flags: WorkloadFlags, { defaults }: InjectConfig): Problem[] {
	const resolved = resolvePodPolicy({
		defaults,
		namespace: undefined,
		pod: annotationsFrom(flags),
		whenUnannotated: "redirect",
	});
	return (resolved.kind === "refused" ? resolved.problems : []).map((problem) => ({
		...problem,
		source: problem.source.replace(`annotation ${configPrefix}`, "--"),
	}));
}
