import { ok, type Result } from "../../domain/problem.ts";
import { localAddresses } from "../../explain/local-addresses.ts";
import { rulesetNotes } from "../../explain/ruleset-notes.ts";
import type { Subject } from "../../explain/subject.ts";
import { type Host, HostError } from "../../host/host.ts";
import { environmentFailure } from "../../init/failure.ts";
import { readRuleset } from "../../ruleset/read.ts";
import { badInput, type Failed } from "./failure.ts";
import type { Source } from "./options.ts";

type Live = Extract<Source, { readonly kind: "live" }>;

/** The rules in a network namespace, whoever made them. Changes nothing there. */
export function liveSubjects(source: Live, host: Host): Result<readonly Subject[]> | Failed {
	const lost = enter(source, host);
	if (lost !== undefined) {
		return lost;
	}
	const ruleset = readRuleset(host);
	return ok([
		{
			label: labels[source.flag]?.(source.given) ?? "this network namespace",
			source: "as the kernel holds them now",
			rules: { kind: "ruleset", ruleset },
			notes: rulesetNotes(ruleset),
			sender: { addresses: localAddresses(host) },
		},
	]);
}

const labels: Readonly<Record<string, (given: string) => string>> = {
	"--netns": (path) => `network namespace ${path}`,
	"--pid": (pid) => `network namespace of process ${pid}`,
};

function enter({ path, flag, given }: Live, host: Host): Failed | undefined {
	if (path === undefined) {
		return undefined;
	}
	try {
		host.enterNetns(path);
		return undefined;
	} catch (error) {
		if (error instanceof HostError && (error.code === "not-found" || error.code === "invalid")) {
			const problem = { source: flag, value: given };
			return flag === "--pid"
				? badInput([
						{ ...problem, complaint: "is no running process", accepted: "a process on this machine" },
					])
				: badInput([
						{
							...problem,
							complaint: "is not a network namespace",
							accepted: "a path such as /proc/PID/ns/net or /run/netns/NAME",
						},
					]);
		}
		return { ok: false, ...environmentFailure(error) };
	}
}
