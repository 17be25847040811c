import type { ExitCode } from "../../domain/exit-code.ts";
import { harmless } from "../../domain/harmless.ts";
import type { ValueFlags } from "../chart/value-flags.ts";
import type { ReleaseWorld } from "../cluster/release-world.ts";
import { deliver, settle } from "../install/outcome.ts";
import { printRelease, readRequest, render } from "../install/read-request.ts";

export interface InstallCniFlags extends ValueFlags {
	readonly namespace: string;
}

/** Renders, and prints only what is right as a whole. Nobody is asked: nothing here depends on the cluster. */
export function runInstallCni(
	flags: InstallCniFlags,
	world: ReleaseWorld,
	program: string,
): Promise<ExitCode> {
	return settle(world, program, async () => {
		const { chart, given, namespace } = readRequest(flags, world);
		const rendered = render({ chart, values: given, namespace, now: world.now });
		for (const warning of rendered.warnings) {
			world.stderr(`warning: ${harmless(warning)}\n`);
		}
		return deliver(world, printRelease(rendered));
	});
}
