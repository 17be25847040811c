import { BackendError } from "../backend/backend-error.ts";
import { backendOf } from "../backend/backends.ts";
import { type TrialRules, tryDialects } from "../backend/probe.ts";
import { existingTables } from "../backend/tables.ts";
import { environmentFailure, type Failure, lockAdvice } from "../command/failure.ts";
import { exitCodes } from "../domain/exit-code.ts";
import { type Dialect, dialects, type Mode } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import { enterTrialGround, leftTables, tracelessDialects } from "./trial-ground.ts";

type Asked = TrialRules & { readonly mode: Mode };

/**
 * What to tell a user whose mode did not work: the kernel's or the tool's own words, what would load what is missing, and
 * which modes would work. The other modes are tried, not guessed, where nothing of that stays in the pod's network
 * namespace; this process may have left it afterwards. A mode that does pass the trial had some other trouble, and then the
 * exit status is not "no dialect".
 */
export function setUpFailure(host: Host, error: unknown, asked: Asked): Failure {
	const failure = environmentFailure(error);
	if (!(error instanceof BackendError) || !worthTrying.has(error.code)) {
		return failure;
	}
	const findings = tryOthers(host, asked);
	const isUsable = error.lack === undefined && findings.working.some((dialect) => dialect === asked.mode);
	const ofLock = lockAdvice(error);
	// A trial would have needed the lock too.
	const isOpen =
		error.lack === undefined &&
		ofLock.length === 0 &&
		findings.ofOwner === undefined &&
		findings.untried.some((dialect) => dialect === asked.mode);
	const isAboutDialect = !isUsable && !(isOpen && error.code === "refused");
	return {
		exitCode: isAboutDialect && error.code !== "crashed" ? exitCodes.noDialect : failure.exitCode,
		messages: [
			...failure.messages.map((message) => `mode ${asked.mode}: ${message}`),
			...(findings.ofOwner === undefined ? [] : [`mode ${asked.mode}: ${findings.ofOwner}`]),
			...ofLock,
			...moduleAdvice(error.lack?.modules ?? []),
			...(isAboutDialect ? [`mode ${asked.mode} cannot be used here; ${alternatives(asked, findings)}`] : []),
		],
	};
}

/** Without permission, or with a tool that hangs, no other mode would fare better. */
const worthTrying: ReadonlySet<string> = new Set(["missing-tool", "refused", "crashed"]);

interface Findings {
	readonly working: readonly Dialect[];
	/** A trial of these would have left something. */
	readonly untried: readonly Dialect[];
	/** Whether the mode that was asked for works where there is no IPv6 to be had. */
	readonly isServedByIpv4: boolean;
	/** Why the rule about a user is not taken, where that is all. */
	readonly ofOwner: string | undefined;
}

function tryOthers(host: Host, { mode, families, uid }: Asked): Findings {
	const isTraceless = enterTrialGround(host) === "new";
	const before = existingTables(host);
	const tried = isTraceless ? dialects : tracelessDialects(host, families);
	const trials = tryDialects(host, { families, uid }, tried);
	const working = trials.filter(({ failure }) => failure === undefined).map(({ dialect }) => dialect);
	const byIpv4 = isTraceless ? dialects : tracelessDialects(host, ["ipv4"]);
	const refused = byIpv4.filter(
		(dialect) =>
			(dialect === mode || mode === "auto") && !working.includes(dialect) && hasTableOfIpv6(dialect),
	);
	const isWorthIpv4 = families.length > 1 && (mode !== "auto" || working.length === 0);
	const trialsByIpv4 = isWorthIpv4 ? tryDialects(host, { families: ["ipv4"], uid }, refused) : [];
	// Where the attempt came no further than IPv4's table, that is the one in which there can be a trial.
	const found = [...trials, ...trialsByIpv4].find(({ dialect }) => dialect === mode)?.failure;
	leftTables(host, before);
	return {
		working,
		untried: dialects.filter((dialect) => !tried.includes(dialect)),
		isServedByIpv4: trialsByIpv4.some(({ failure }) => failure === undefined),
		ofOwner: found?.obstacle === "owner-match" ? found.message : undefined,
	};
}

/** One table for both families takes the same of the kernel for one of them. */
function hasTableOfIpv6(dialect: Dialect): boolean {
	return backendOf(dialect).tables.some(({ scope }) => scope === "ipv6");
}

/** A pod cannot load modules, and the kernel has tried on the pod's behalf wherever it does. */
function moduleAdvice(modules: readonly string[]): string[] {
	const command = modules.length === 1 ? `modprobe ${modules[0]}` : `modprobe -a ${modules.join(" ")}`;
	return modules.length === 0
		? []
		: [`on the node, "${command}" loads what is missing, if its kernel comes with it`];
}

function alternatives({ mode }: Asked, { working, untried, isServedByIpv4 }: Findings): string {
	const others = untried.filter((dialect) => dialect !== mode);
	const sentences = [
		...(working.length > 0
			? [`modes that work here: ${working.join(", ")} (for example --iptables-mode ${working[0]})`]
			: []),
		...(isServedByIpv4 ? ["IPv4 alone works: add --ipv6=false if this pod has no IPv6"] : []),
		...(others.length > 0
			? [
					`not tried: ${others.join(", ")} (the kernel would keep the empty table of a trial in this network namespace)`,
				]
			: []),
	];
	return sentences.length > 0 ? sentences.join("; ") : "no mode works here";
}
