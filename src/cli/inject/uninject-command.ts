import type { Command } from "commander";
import { StrictCommand } from "../../command/strict-command.ts";
import type { ExitCode } from "../../domain/exit-code.ts";
import { annotationsOf, isObject, type JsonObject } from "../../inject/json.ts";
import { shapeProblems } from "../../inject/pod-shape.ts";
import { readRecord } from "../../inject/record.ts";
import { removeByName, removeLinkerds, type Uninjected, uninjectPod } from "../../inject/uninject-pod.ts";
import { isNamespace, type Target } from "../../inject/workload.ts";
import {
	injectAnnotation,
	injectedAnnotation,
	linkerdInjectAnnotation,
} from "../../policy/annotation-keys.ts";
import { type ManifestIo, processIo } from "../io.ts";
import { outputOption, verboseOption } from "./inject-command.ts";
import type { OutputFormat } from "./output.ts";
import { runOnManifests } from "./run.ts";
import { podOf, type Transformed, withPod } from "./transform.ts";

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
		{ program, paths, output, problems, verbose: verbose === true, transformOf: () => uninjectTransform },
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

export function uninjectTransform(target: Target): Transformed {
	const pod = isNamespace(target) ? target.object : podOf(target);
	if (pod === undefined || pod === null) {
		return { verdict: "passed" };
	}
	const problems = shapeProblems(pod);
	if (problems.length > 0 || !isObject(pod)) {
		return { verdict: "refused", problems };
	}
	if (isNamespace(target)) {
		// Settings alone were there before: `inject --manual` leaves namespaces as they are.
		return transformed(isWanted(pod) ? uninjectPod(pod) : { pod, removed: [] });
	}
	return uninject(target, pod);
}

function isWanted(namespace: JsonObject): boolean {
	return injectAnnotations.some((name) => Object.hasOwn(annotationsOf(namespace), name));
}

const injectAnnotations = [injectAnnotation, injectedAnnotation, linkerdInjectAnnotation];

/** Linkerd marks a workload's own metadata as well as its pods'; we do not, and so take nothing from there. */
function uninject(target: Target, pod: JsonObject): Transformed {
	const inner = uninjectPod(pod);
	const changed = withPod(target, inner.pod);
	if (target.podPath?.length === 0 || carriesOurs(pod) || shapeProblems(changed).length > 0) {
		return transformed({ pod: changed, removed: inner.removed });
	}
	const outer = removeLinkerds(changed);
	return transformed({ pod: outer.pod, removed: [...inner.removed, ...outer.removed] });
}

function carriesOurs(pod: JsonObject): boolean {
	return readRecord(pod) !== undefined || removeByName(pod, { settings: true }).removed.length > 0;
}

function transformed({ pod, removed }: Uninjected): Transformed {
	return removed.length === 0
		? { verdict: "unchanged", detail: "nothing of a proxy in it" }
		: { verdict: "uninjected", detail: [...new Set(removed)].join(", "), object: pod };
}
