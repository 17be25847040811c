import { byWay } from "../../backend/either-way.ts";
import { loopbackInterface } from "../../backend/loopback.ts";
import { readRuleset } from "../../backend/read.ts";
import { enterNamedNetns, type NamedNetns } from "../../command/netns.ts";
import { type ExitCode, exitCodes } from "../../domain/exit-code.ts";
import { formatProblem, ok, type Problem, type Result } from "../../domain/problem.ts";
import { flagRules } from "../../explain/flags-subject.ts";
import { localAddresses } from "../../explain/local-addresses.ts";
import { rulesetNotes } from "../../explain/ruleset-summary.ts";
import type { Subject } from "../../explain/subject.ts";
import type { Host } from "../../host/host.ts";
import { lackOfPermission } from "../../status/permission.ts";
import type { ExplainIo } from "./explain-io.ts";
import { manifestSubjects } from "./manifests.ts";
import type { Source } from "./options.ts";

type Read = { readonly ok: true; readonly value: readonly Subject[] } | Failed;

/** Reads the rules that were asked for; never none. */
export function readSubjects(source: Source, io: ExplainIo): Read {
	const read = readFrom(source, io);
	return read.ok || "exitCode" in read ? read : badInput(read.problems);
}

function readFrom(source: Source, io: ExplainIo) {
	switch (source.kind) {
		case "flags": {
			const read = flagRules(source.argv, "shunt explain");
			if (!read.ok) {
				return read;
			}
			const { mode, ...rest } = read.value;
			const told = `as shunt init would apply them, mode ${mode}`;
			return ok([{ label: "these flags", source: told, sender: {}, ...rest }]);
		}
		case "manifests":
			return manifestSubjects(source, io);
		case "live":
			return liveSubjects(source, io.host());
	}
}

/** Why there is nothing to explain. */
export interface Failed {
	readonly ok: false;
	readonly exitCode: ExitCode;
	readonly messages: readonly string[];
}

export function badInput(problems: readonly Problem[]): Failed {
	return { ok: false, exitCode: exitCodes.badInput, messages: problems.map(formatProblem) };
}

type Live = Extract<Source, { readonly kind: "live" }>;

/** The rules in a network namespace, whoever made them. Changes nothing there. */
function liveSubjects({ netns, transport }: Live, host: Host): Result<readonly Subject[]> | Failed {
	const lost = enterNamedNetns(host, netns);
	if (lost !== undefined) {
		return { ok: false, ...lost };
	}
	const hidden = lackOfPermission(host);
	if (hidden !== undefined) {
		return { ok: false, ...hidden };
	}
	const ruleset = readRuleset(byWay(host, transport));
	const loopback = loopbackInterface(host);
	return ok([
		{
			label: netns === undefined ? "this network namespace" : `${labels[netns.flag]} ${netns.given}`,
			source: "as the kernel holds them now",
			rules: { kind: "ruleset", ruleset },
			notes: rulesetNotes(ruleset),
			sender: { addresses: localAddresses(host), ...(loopback === undefined ? {} : { loopback }) },
		},
	]);
}

const labels: Readonly<Record<NamedNetns["flag"], string>> = {
	"--netns": "network namespace",
	"--pid": "network namespace of process",
};
