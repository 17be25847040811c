import type { FlagValues } from "../command/flag-values.ts";
import { defaultMode, iptablesDialects, type Mode, parseMode, programOf } from "../domain/mode.ts";
import { err, ok, type Result } from "../domain/problem.ts";
import { parseTransport, type Transport } from "../domain/transport.ts";

/**
 * The mode, from the flag of that name or else from the older pair that names programs, which it overrides whatever
 * they say. Without any, the default: that is what the absence of flags has always meant.
 */
export function readMode(flags: FlagValues): Mode {
	const asked = flags.one("iptables-mode", optional(parseMode));
	if (asked !== undefined) {
		return asked;
	}
	const binary = flags.one("firewall-bin-path", optional(parseBinary("")));
	const saveBinary = flags.one("firewall-save-bin-path", optional(parseBinary("-save")));
	if (binary !== undefined && saveBinary !== undefined && binary !== saveBinary) {
		flags.problems.push({
			source: "--firewall-save-bin-path",
			complaint: "names another mode than --firewall-bin-path",
			accepted: `both for one mode, or --iptables-mode alone`,
		});
	}
	return binary ?? saveBinary ?? defaultMode;
}

/** Who is to make the rules, as flags say it; `named`: those of the mode's programs, as far as they are installed. */
export type AskedTransport = Transport | "named";

/** Whoever names a program means that one; Linkerd's injector always names one, and so to images without any. */
export function readTransport(flags: FlagValues): AskedTransport {
	const asked = flags.one("transport", parseTransport);
	if (flags.isGiven("transport")) {
		return asked ?? "auto";
	}
	const namesProgram = ["firewall-bin-path", "firewall-save-bin-path"].some(
		(flag) => flags.isGiven(flag) && flags.one(flag, ok) !== "",
	);
	return namesProgram ? "named" : "auto";
}

/** Empty means not given, as it does to the reference program. */
function optional<T>(parse: (text: string, source: string) => Result<T>) {
	return (text: string, source: string): Result<T | undefined> =>
		text === "" ? ok(undefined) : parse(text, source);
}

/** How the programs are called that the older flags name. */
const binaries: readonly string[] = iptablesDialects.map(programOf);

function parseBinary(suffix: "" | "-save") {
	return (text: string, source: string): Result<Mode> => {
		const mode = iptablesDialects.find((dialect) => `${programOf(dialect)}${suffix}` === text);
		if (mode !== undefined) {
			return ok(mode);
		}
		const names = binaries.map((name) => `${name}${suffix}`).join(", ");
		return err({
			source,
			value: text,
			complaint: "is not a program of a known mode",
			accepted: `one of ${names}`,
		});
	};
}
