import { parseCommandLine } from "../command/command-line.ts";
import { type CommonOptions, readCommon } from "../command/common-options.ts";
import { FlagValues } from "../command/flag-values.ts";
import { formatCidr, withHostBits } from "../domain/cidr.ts";
import { mostSeconds } from "../domain/duration.ts";
import { type Family, families } from "../domain/family.ts";
import type { Mode } from "../domain/mode.ts";
import { parseWholeNumber } from "../domain/number.ts";
import { err, ok, type Result } from "../domain/problem.ts";
import { type FieldKey, fields } from "../policy/fields.ts";
import { makePolicy, type RedirectPolicy } from "../policy/redirect-policy.ts";
import { initFlags } from "./flags.ts";
import { type AskedTransport, readMode, readTransport } from "./mode-flags.ts";

/** Everything `shunt init` was asked to do. */
export interface InitOptions extends CommonOptions {
	readonly policy: RedirectPolicy;
	readonly mode: Mode;
	readonly transport: AskedTransport;
	readonly wait: boolean;
	readonly counters: boolean;
	readonly simulate: boolean;
	/** Also in the machine's initial network namespace. */
	readonly hostNetwork: boolean;
	/** Absent when the kernel's value is to stay. */
	readonly closeWaitSeconds: number | undefined;
	/** What was accepted but deserves a second look. */
	readonly warnings: readonly string[];
}

export function parseInitOptions(argv: readonly string[], program: string): Result<InitOptions> {
	const flags = new FlagValues(parseCommandLine(argv, initFlags, program), initFlags);
	const required = readRequired(flags);
	const rest = readRest(flags);
	// Whoever asks for a probe does not come here; a value that it cannot have does.
	flags.boolean("probe");
	const policy = readPolicy(flags, required);
	if (flags.problems.length > 0 || policy === undefined) {
		return err(...flags.problems);
	}
	return ok({ ...rest, policy, warnings: warningsOf(policy) });
}

/** The policy that flags spell out. Undefined where it lacks what none is without, which is among their problems then. */
export function readPolicy(flags: FlagValues, required = readRequired(flags)): RedirectPolicy | undefined {
	const policy = makePolicy(readFamilies(flags), () => ({ key, field }) => {
		if (field.takes === "list") {
			return flags.list(field.flag, field.form);
		}
		return field.isRequired ? required.get(key) : flags.one(field.flag, field.form.parseFlag);
	});
	return [...required.values()].includes(undefined) ? undefined : policy;
}

/** First of all: what is missing is told before what is wrong. */
function readRequired(flags: FlagValues): ReadonlyMap<FieldKey, unknown> {
	const values = new Map<FieldKey, unknown>();
	for (const { key, field } of fields) {
		if (field.takes === "value" && field.isRequired) {
			values.set(key, flags.required(field.flag, field.form.parseFlag));
		}
	}
	return values;
}

function readRest(flags: FlagValues) {
	return {
		mode: readMode(flags),
		transport: readTransport(flags),
		wait: flags.boolean("use-wait-flag"),
		counters: flags.boolean("counters"),
		simulate: flags.boolean("simulate"),
		hostNetwork: flags.boolean("host-network"),
		closeWaitSeconds: flags.one("timeout-close-wait-secs", parseCloseWait) || undefined,
		...readCommon(flags),
	};
}

export function readFamilies(flags: FlagValues): readonly Family[] {
	return flags.boolean("ipv6") ? families : ["ipv4"];
}

function warningsOf({ inbound, outbound }: RedirectPolicy): string[] {
	const inside = [inbound, outbound].flatMap(({ subnetsToIgnore }) => withHostBits(subnetsToIgnore));
	return [
		...(outbound.proxyUid === undefined && outbound.proxyGid === undefined
			? [
					"neither --proxy-uid nor --proxy-gid is given: the proxy's own outbound connections are redirected to itself, a loop",
				]
			: []),
		...inside.map(
			(subnet) => `${subnet.text} has bits set beyond its prefix: it means ${formatCidr(subnet)}`,
		),
	];
}

/** The unit is in the flag's name, and to the reference program a unit behind the number is a mistake too. */
function parseCloseWait(text: string, source: string): Result<number> {
	return parseWholeNumber(text, { source, noun: "number of seconds", min: 0, max: mostSeconds });
}
