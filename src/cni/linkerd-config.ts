import { families } from "../domain/family.ts";
import { type Mode, parseMode } from "../domain/mode.ts";
import { ok, type Problem, type Result } from "../domain/problem.ts";
import { mostSimilar } from "../domain/similar.ts";
import { fields, type PolicyField } from "../policy/fields.ts";
import type { PodPolicyDefaults } from "../policy/pod-policy.ts";
import { makePolicy } from "../policy/redirect-policy.ts";
import type { ConfigReader } from "./config-reader.ts";

/** What linkerd-cni's configuration says, for the pods that Linkerd's injector made. */
export interface LinkerdSettings {
	readonly defaults: PodPolicyDefaults;
	readonly mode: Mode;
	readonly simulate: boolean;
}

/**
 * The section `linkerd` of linkerd-cni's configuration (ProxyInit in cni-plugin/main.go of linkerd2-proxy-init): the flags
 * of proxy-init by their names, and so of `shunt init` by theirs. As there, ports of the configuration stay ignored
 * whatever an annotation says, a mode that is not named is legacy, and IPv6 is off unless it is switched on. Undefined
 * where something has a mistake, which is then among the problems.
 */
export function readLinkerdConfig(
	section: ConfigReader,
	problems: Problem[],
	remarks: string[],
): LinkerdSettings | undefined {
	const before = problems.length;
	const mode = section.text("iptables-mode", optionalMode) ?? "legacy";
	const simulate = section.flag("simulate") ?? false;
	// We wait for the lock of the legacy programs always: who does not fails at random.
	section.flag("use-wait-flag");
	const isDual = section.flag("ipv6") ?? false;
	const policy = makePolicy(isDual ? families : ["ipv4"], () => (each) => readField(section, each));
	problems.push(...misspelt(section, remarks));
	if (problems.length > before) {
		return undefined;
	}
	const { portsToIgnore } = policy.inbound;
	const defaults = { ...policy, inbound: { ...policy.inbound, portsToIgnore: [] } };
	return {
		defaults: {
			policy: defaults,
			controlPort: undefined,
			adminPort: undefined,
			reservedPorts: portsToIgnore,
		},
		mode,
		simulate,
	};
}

function readField(section: ConfigReader, { field }: PolicyField): unknown {
	if (field.takes === "list") {
		return section.list(field.flag, field.form);
	}
	return field.isRequired
		? section.requiredNumber(field.flag, field.form.parseFlag, "a port from 1 to 65535")
		: section.number(field.flag, field.form.parseFlag);
}

/** Empty means not given, as in linkerd-cni. */
function optionalMode(text: string, source: string): Result<Mode | undefined> {
	return text === "" ? ok(undefined) : parseMode(text, source);
}

/** A key that a later Linkerd has added has to pass; one that is nearly a key that we act upon is a mistake. */
function misspelt(section: ConfigReader, remarks: string[]): Problem[] {
	return section.strays().flatMap(({ source, key, known }) => {
		const meant = mostSimilar(key, known);
		if (meant === undefined) {
			remarks.push(`${source} is not known and says nothing here`);
			return [];
		}
		return [{ source, complaint: "is not known", accepted: meant }];
	});
}

/** The keys that are read, for the documentation's table. */
export const linkerdKeys: readonly string[] = [
	...fields.map(({ field }) => field.flag),
	...["iptables-mode", "ipv6", "simulate", "use-wait-flag"],
];
