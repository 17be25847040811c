import { byWay } from "../../backend/either-way.ts";
import { readRuleset } from "../../backend/read.ts";
import { enterNamedNetns, type NamedNetns } from "../../command/netns.ts";
import { ok, type Result } from "../../domain/problem.ts";
import { localAddresses } from "../../explain/local-addresses.ts";
import { rulesetNotes } from "../../explain/ruleset-summary.ts";
import type { Subject } from "../../explain/subject.ts";
import type { Host } from "../../host/host.ts";
import { lackOfPermission } from "../../status/permission.ts";
import type { Failed } from "./failure.ts";
import type { Source } from "./options.ts";

type Live = Extract<Source, { readonly kind: "live" }>;

/** The rules in a network namespace, whoever made them. Changes nothing there. */
export function liveSubjects({ netns, transport }: Live, host: Host): Result<readonly Subject[]> | Failed {
	const lost = enterNamedNetns(host, netns);
	if (lost !== undefined) {
		return { ok: false, ...lost };
	}
	const hidden = lackOfPermission(host);
	if (hidden !== undefined) {
		return { ok: false, ...hidden };
	}
	const ruleset = readRuleset(byWay(host, transport));
	return ok([
		{
			label: netns === undefined ? "this network namespace" : `${labels[netns.flag]} ${netns.given}`,
			source: "as the kernel holds them now",
			rules: { kind: "ruleset", ruleset },
			notes: rulesetNotes(ruleset),
			sender: { addresses: localAddresses(host) },
		},
	]);
}

const labels: Readonly<Record<NamedNetns["flag"], string>> = {
	"--netns": "network namespace",
	"--pid": "network namespace of process",
};
