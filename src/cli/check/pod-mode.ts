import { parseCommandLine } from "../../command/command-line.ts";
import { FlagValues } from "../../command/flag-values.ts";
import type { Mode } from "../../domain/mode.ts";
import { initFlags } from "../../init/flags.ts";
import { readMode } from "../../init/mode-flags.ts";
import { isArray, type Json, type JsonObject, objectAt, objectsAt, textAt } from "../../inject/json.ts";
import { containerNames } from "../../inject/names.ts";

/** How a pod's rules came to be. */
export type Redirection =
	| { readonly kind: "mode"; readonly mode: Mode }
	/** Made by the node's CNI plugin, in its mode: nothing in the pod names one. */
	| { readonly kind: "cni" }
	/** There is an init container of ours whose arguments make no sense. */
	| { readonly kind: "unreadable" };

/** Undefined where the pod has no proxy of ours. */
export function redirectionOf(pod: JsonObject): Redirection | undefined {
	const spec = objectAt(pod, "spec");
	const all = [...objectsAt(spec, "initContainers"), ...objectsAt(spec, "containers")];
	const named = (name: string) => all.find((container) => textAt(container, "name") === name);
	if (named(containerNames.proxy) === undefined) {
		return undefined;
	}
	const init = named(containerNames.init);
	if (init === undefined) {
		return { kind: "cni" };
	}
	const mode = modeOfArgs(init["args"]);
	return mode === undefined ? { kind: "unreadable" } : { kind: "mode", mode };
}

/** Read by the same code as the init container reads them. */
function modeOfArgs(args: Json | undefined): Mode | undefined {
	const argv = isArray(args) ? args.filter((arg) => typeof arg === "string") : [];
	const flags = new FlagValues(parseCommandLine(argv, initFlags, "shunt init"), initFlags);
	const mode = readMode(flags);
	return flags.problems.length === 0 ? mode : undefined;
}

/** For people. */
export function formatRedirection(redirection: Redirection): string {
	switch (redirection.kind) {
		case "mode":
			return `mode ${redirection.mode}`;
		case "cni":
			return "redirected by the CNI plugin";
		case "unreadable":
			return "arguments of the init container that cannot be read";
	}
}
