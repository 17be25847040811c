import { parseCommandLine } from "../command/command-line.ts";
import { type CommonOptions, readCommon } from "../command/common-options.ts";
import { FlagValues } from "../command/flag-values.ts";
import type { Family } from "../domain/family.ts";
import { parseProxyUid, type Uid } from "../domain/identity.ts";
import type { Mode } from "../domain/mode.ts";
import { err, ok, type Result } from "../domain/problem.ts";
import { initFlags } from "./flags.ts";
import { type AskedTransport, readMode, readTransport } from "./mode-flags.ts";
import { readFamilies } from "./options.ts";

export interface ProbeOptions extends CommonOptions {
	readonly mode: Mode;
	readonly transport: AskedTransport;
	readonly families: readonly Family[];
	/** Whose connections the trial's rule lets pass; undefined for none. */
	readonly uid: Uid | undefined;
}

/** The user as whom the injector's proxies run. */
const usualProxyUid = 2102 as Uid;

/** Whether `--probe` stands among the arguments of `shunt init`; `--probe=false` is as good as none. */
export function asksForProbe(argv: readonly string[], program: string): boolean {
	if (!argv.some((argument) => argument.startsWith("--probe"))) {
		return false;
	}
	const { given } = parseCommandLine(argv, initFlags, program);
	return given.has("probe") && new FlagValues({ given, problems: [] }, initFlags).boolean("probe");
}

/** A probe makes none of the rules that the other flags are about, so those are mistakes here. */
export function parseProbeOptions(argv: readonly string[], program: string): Result<ProbeOptions> {
	const commandLine = parseCommandLine(argv, initFlags, program);
	const flags = new FlagValues(commandLine, initFlags);
	for (const name of commandLine.given.keys()) {
		if (!probeFlags.includes(name)) {
			flags.problems.push({
				source: `--${name}`,
				complaint: "says nothing to --probe",
				accepted: `only ${probeFlags.map((flag) => `--${flag}`).join(", ")}`,
			});
		}
	}
	flags.boolean("probe");
	const options = {
		mode: readMode(flags),
		transport: readTransport(flags),
		families: readFamilies(flags),
		uid: readUid(flags),
		...readCommon(flags),
	};
	return flags.problems.length > 0 ? err(...flags.problems) : ok(options);
}

function readUid(flags: FlagValues): Uid | undefined {
	return flags.isGiven("proxy-uid") ? flags.one("proxy-uid", parseProxyUid) : usualProxyUid;
}

const probeFlags: readonly string[] = [
	"probe",
	"iptables-mode",
	"firewall-bin-path",
	"firewall-save-bin-path",
	"transport",
	"proxy-uid",
	"ipv6",
	"netns",
	"output",
	"log-format",
	"log-level",
];
