import { backendOf } from "../backend/backends.ts";
import { setUpInMode } from "../backend/choice.ts";
import { loopbackName } from "../backend/loopback.ts";
import { removeStaleRules } from "../backend/stale-rules.ts";
import {
	asksForJson,
	badInput,
	environmentFailure,
	type Failure,
	guard,
	reportFailure,
} from "../command/failure.ts";
import { formatHelp, wantsHelp, wantsVersion } from "../command/help.ts";
import { createLogger } from "../command/logger.ts";
import { enterNamedNetns, refuseInitialNetns } from "../command/netns.ts";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import type { Dialect } from "../domain/mode.ts";
import { version } from "../domain/version.ts";
import type { Host } from "../host/host.ts";
import { type Plan, plan as planFor } from "../rules/plan.ts";
import type { setUpFailure } from "./advice.ts";
import { asAsked } from "./as-asked.ts";
import { setCloseWait } from "./close-wait.ts";
import { initFlags } from "./flags.ts";
import { type InitOptions, parseInitOptions } from "./options.ts";
import { asksForProbe } from "./probe-options.ts";
import {
	formatSimulation,
	type InitResult,
	logReport,
	makeReport,
	type RuleReport,
	reportRules,
	simulatedDialect,
} from "./report.ts";

/** What few runs come to, and which the native program has in a bundle of its own for that. */
export interface Seldom {
	probe(host: Host, argv: readonly string[], program: string): ExitCode;
	advise: typeof setUpFailure;
}

/** `shunt init` with what it seldom needs given to it; {@link runInit} of run-init.ts is the whole of it. */
export function runInitWith(host: Host, argv: readonly string[], program: string, seldom: Seldom): ExitCode {
	return guard(host, program, () => init(host, argv, program, seldom));
}

function init(host: Host, argv: readonly string[], program: string, seldom: Seldom): ExitCode {
	if (wantsHelp(argv)) {
		host.stdout(formatHelp({ program, summary, flags: initFlags, examples, notes }));
		return exitCodes.done;
	}
	if (wantsVersion(program, argv)) {
		host.stdout(`${version}\n`);
		return exitCodes.done;
	}
	if (asksForProbe(argv, program)) {
		return seldom.probe(host, argv, program);
	}
	const parsed = parseInitOptions(argv, program);
	if (!parsed.ok) {
		return reportFailure(host, program, badInput(parsed.problems), asksForJson(argv));
	}
	const options = parsed.value;
	host.sayWhileSlow(options.simulate ? undefined : `${program}: still programming the rules …`);
	const result = options.simulate ? simulate(options) : programRules(host, options, seldom);
	host.sayWhileSlow(undefined);
	if ("exitCode" in result) {
		return reportFailure(host, program, result, options.output);
	}
	report(host, options, result);
	return exitCodes.done;
}

const summary =
	"Redirects a pod's TCP traffic to a proxy, in one transaction per address family.\n" +
	"Takes the flags of Linkerd's proxy-init and can stand in its place.";

const examples = [
	[
		"Everything through the proxy that runs as user 2102, but for its admin port",
		"-p 4143 -o 4140 --proxy-uid 2102 --inbound-ports-to-ignore 4190,4191",
	],
	["See what would be applied", "-p 4143 -o 4140 -u 2102 --iptables-mode nft --simulate"],
	["In another process's network namespace", "-p 4143 -o 4140 -u 2102 --netns /proc/4321/ns/net"],
	["Which modes could be used here, without making any rules", "--probe --iptables-mode nft"],
] as const;

const notes = `--probe tries every dialect, takes everything back and prints one JSON object: "dialects" has for each
{"ok":true}, or {"ok":false,"code":…,"message":…} with the tool's own first line; "mode" what was asked and
whether it is "served"; "tools" what each program says of its version; "kernel", "families", "version". Of the
other flags it takes only the mode, --proxy-uid (2102 without it), --ipv6, --netns and those of the log. The exit status is 0 where the mode
is served, 69 where not, 77 where that takes more permission.
The trial runs in a network namespace of its own where one may be made ("namespace":"new"), which takes
CAP_SYS_ADMIN. Elsewhere ("this") the kernel keeps the empty nat tables that it makes for the trial, named in
"left"; of iptables-legacy's nobody can remove them before the namespace ends. Either way, kernel modules
that the trial made it load stay loaded.`;

function simulate(options: InitOptions): InitResult {
	const plan = planFor(options.policy);
	const choice = { dialect: simulatedDialect(options), via: null, outcomes: [], tried: [] };
	return { choice, stale: [], hidden: [], milliseconds: 0, rules: () => reportRules(choice.dialect, plan) };
}

/** All or nothing: whatever was changed before a failure is put back. */
function programRules(host: Host, options: InitOptions, seldom: Seldom): InitResult | Failure {
	const astray =
		enterNamedNetns(host, options.netns) ??
		(options.hostNetwork ? undefined : refuseInitialNetns(host, options.netns));
	if (astray !== undefined) {
		return astray;
	}
	let resetCloseWait = () => {};
	try {
		if (options.closeWaitSeconds !== undefined) {
			resetCloseWait = setCloseWait(host, options.closeWaitSeconds);
		}
	} catch (error) {
		return environmentFailure(error);
	}
	try {
		return setUp(asAsked(host, options), options, planFor(options.policy, loopbackName(host)));
	} catch (error) {
		resetCloseWait();
		return seldom.advise(asAsked(host, options), error, {
			mode: options.mode,
			families: options.policy.families,
			uid: options.policy.outbound.proxyUid ?? options.policy.outbound.uidsToIgnore[0],
		});
	}
}

function setUp(host: Host, options: InitOptions, plan: Plan): InitResult {
	const started = host.now();
	const { wait, counters } = options;
	const reported = new Map<Dialect, RuleReport>();
	const reportOf = (dialect: Dialect) => {
		const rules = reported.get(dialect) ?? reportRules(dialect, plan);
		reported.set(dialect, rules);
		return rules;
	};
	const choice = setUpInMode(host, options.mode, plan, {
		wait,
		counters,
		whileRunning: reportOf,
	});
	const { stale, hidden } = removeStaleRules(host, choice.dialect, plan.families);
	const milliseconds = host.now() - started;
	return {
		choice,
		stale,
		hidden,
		milliseconds,
		rules: () => reportOf(choice.dialect),
	};
}

function report(host: Host, options: InitOptions, result: InitResult): void {
	const { logFormat, logLevel, wait, output, simulate } = options;
	const { choice } = result;
	const log = createLogger(host, logFormat, logLevel);
	const made = makeReport(options, result);
	log.warn(made.warnings);
	if (wait && !backendOf(choice.dialect).hasLock) {
		log.info(`--use-wait-flag does nothing in mode ${choice.dialect}: nf_tables has no lock to wait for`);
	}
	if (!simulate) {
		logReport(log, made, result);
	}
	if (output === "json") {
		host.stdout(`${JSON.stringify(made)}\n`);
	} else if (simulate) {
		host.stdout(formatSimulation(planFor(options.policy), options));
	}
}
