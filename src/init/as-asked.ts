import { backendOf } from "../backend/backends.ts";
import { byWay } from "../backend/either-way.ts";
import { dialects, type Mode } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import type { AskedTransport } from "./mode-flags.ts";

interface Asked {
	readonly mode: Mode;
	readonly transport: AskedTransport;
}

/**
 * The host, with what the flags do not want used out of reach. Programs that are named and installed make the rules, as
 * they always did. Where they are not, as in the image that holds nothing but ours, the kernel is asked for the same rules:
 * a pod that Linkerd's injector wrote names them whatever image it is given.
 */
export function asAsked(host: Host, { mode, transport }: Asked): Host {
	if (transport !== "named") {
		return byWay(host, transport);
	}
	const programs = (mode === "auto" ? dialects : [mode]).flatMap((dialect) => backendOf(dialect).programs);
	return programs.some((program) => host.find(program) !== undefined)
		? byWay(host, "tools", "a flag that names a program")
		: host;
}
