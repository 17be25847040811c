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
import { createLogger } from "../command/logger.ts";
import { enterNamedNetns, refuseInitialNetns } from "../command/netns.ts";
import { wantsHelp, wantsVersion } from "../command/wants.ts";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { harmlessJson } from "../domain/harmless.ts";
import type { Dialect } from "../domain/mode.ts";
import { version } from "../domain/version.ts";
import type { Host } from "../host/host.ts";
import { type Plan, plan as planFor } from "../rules/plan.ts";
import type { setUpFailure } from "./advice.ts";
import { asAsked } from "./as-asked.ts";
import { setCloseWait } from "./close-wait.ts";
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
	help(program: string): string;
	probe(host: Host, argv: readonly string[], program: string): ExitCode;
	advise: typeof setUpFailure;
}

/** `shunt init` with what it seldom needs given to it; {@link runInit} of run-init.ts is the whole of it. */
export function runInitWith(host: Host, argv: readonly string[], program: string, seldom: Seldom): ExitCode {
	return guard(host, program, () => init(host, argv, program, seldom));
}

function init(host: Host, argv: readonly string[], program: string, seldom: Seldom): ExitCode {
	if (wantsHelp(argv)) {
		host.stdout(seldom.help(program));
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
		host.stdout(`${harmlessJson(made)}\n`);
	} else if (simulate) {
		host.stdout(formatSimulation(planFor(options.policy), options));
	}
}
