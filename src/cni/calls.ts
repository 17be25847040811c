import { autoOrder } from "../backend/backends.ts";
import { loopbackName } from "../backend/loopback.ts";
import type { Logger } from "../command/logger.ts";
import type { Mode } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import { reportRules } from "../init/report.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import { type Plan, plan as planFor } from "../rules/plan.ts";
import { applyPlan, describeApplied, failureOf } from "./apply.ts";
import { checkRules } from "./check-rules.ts";
import { CniError, errorCodes, mistakes } from "./cni-error.ts";
import { type Decision, decide, mayBeMeshed } from "./decide.ts";
import type { CniEnvironment } from "./environment.ts";
import { annotationsCapability, type NetworkRequest } from "./network-request.ts";
import { type NodeRecord, readNodeRecord } from "./node-record.ts";
import type { PluginConfig } from "./plugin-config.ts";
import { rulesHost } from "./plugin-host.ts";
import { createPluginLog } from "./plugin-log.ts";
import { checkReadiness } from "./plugin-status.ts";
import { podName } from "./pod-args.ts";
import { enterPod } from "./pod-netns.ts";
import { removeRules } from "./remove-rules.ts";
import { passOn } from "./result.ts";

/** Redirects the pod, if it is to be, and hands on what the plugins before came to. */
export function runAdd(
	host: Host,
	environment: CniEnvironment,
	request: NetworkRequest,
	log: Logger,
): object {
	// First of all: what cannot be handed on is a failure that no rules should be made before.
	const result = passOn(request.prevResult, request.version);
	const settled = settle(host, environment, request, log, "wait");
	if (settled === undefined) {
		return result;
	}
	const { config, policy, mode } = settled;
	if (config.simulate) {
		log.info(reportRules(mode === "auto" ? autoOrder[0] : mode, planFor(policy)).lines);
		return result;
	}
	enterPod(host, environment);
	const plan = planInside(host, settled);
	const applied = applyPlan(rulesHost(host, config), mode, plan);
	log.info(`${podName(environment.pod)}: ${describeApplied(applied)}`);
	for (const { dialect, scope, failure } of applied.removal.stale) {
		if (failure !== undefined) {
			log.warn(
				`${scope} rules of an earlier run in mode ${dialect} could not be removed: ${failure.message}`,
			);
		}
	}
	return result;
}

/** Fails where the pod's rules are not what ADD made. */
export function runCheck(
	host: Host,
	environment: CniEnvironment,
	request: NetworkRequest,
	log: Logger,
): void {
	const settled = settle(host, environment, request, log, "look");
	if (settled === undefined || settled.config.simulate) {
		return;
	}
	enterPod(host, environment);
	checkRules(rulesHost(host, settled.config), settled.mode, planInside(host, settled));
}

/** Needs no configuration: what can be read of one is used, and no mistake in it keeps a pod from going. */
export function runDel(host: Host, environment: CniEnvironment, config: PluginConfig | undefined): void {
	if (config?.simulate === true) {
		return;
	}
	const log = createPluginLog(host, { level: config?.logLevel ?? "info", file: config?.logFile });
	removeRules(rulesHost(host, config), environment, log);
}

/** Fails with what would fail every meshed pod. */
export function runStatus(host: Host, { read }: NetworkRequest, log: Logger): void {
	if (!read.config.ok) {
		const { message, details } = mistakes(errorCodes.notAvailable, "the configuration", read.config.problems);
		throw new CniError(errorCodes.notAvailable, message, details);
	}
	const config = read.config.value;
	if (!config.simulate) {
		const mode = modeFor(config, readNodeRecord(host, config.runDir));
		checkReadiness(rulesHost(host, config), config, mode, log);
	}
}

interface Settled {
	readonly config: PluginConfig;
	readonly policy: RedirectPolicy;
	readonly mode: Mode;
}

/** The rules for the network namespace that the host is in. */
function planInside(host: Host, { policy, mode }: Settled): Plan {
	try {
		return planFor(policy, loopbackName(host));
	} catch (error) {
		throw failureOf(error, mode, "the rules could not be planned");
	}
}

/** Undefined for a pod that is left alone, which nothing that concerns others may fail. */
function settle(
	host: Host,
	{ pod }: CniEnvironment,
	request: NetworkRequest,
	log: Logger,
	patience: "wait" | "look",
): Settled | undefined {
	const { read, annotations } = request;
	if (!read.config.ok) {
		const code = read.hasOnlyStrays ? errorCodes.unsupportedField : errorCodes.invalidConfig;
		const error = mistakes(code, "the configuration", read.config.problems);
		if (mayBeMeshed(annotations)) {
			throw error;
		}
		log.warn([`${podName(pod)} is not meshed; one that is would fail: ${error.message}`, ...error.details]);
		return undefined;
	}
	const config = read.config.value;
	log.debug(read.remarks);
	const record = readNodeRecord(host, config.runDir);
	const waitMs = patience === "wait" && isMeant(pod.namespace, record) ? config.policyWaitMs : 0;
	const policy = policyOf(decide(host, { config, pod, annotations, waitMs }), podName(pod), log);
	if (policy === undefined) {
		hintAtCapability(request, log);
		return undefined;
	}
	return { config, policy, mode: modeFor(config, record) };
}

/** The agent says in which namespaces a pod of its node may be meshed. */
function isMeant(namespace: string | undefined, { namespaces }: NodeRecord): boolean {
	return namespace !== undefined && namespaces.includes(namespace);
}

function modeFor(config: PluginConfig, record: NodeRecord): Mode {
	return config.mode === "auto" ? (record.mode ?? "auto") : config.mode;
}

function policyOf(decision: Decision, name: string, log: Logger): RedirectPolicy | undefined {
	switch (decision.kind) {
		case "leave":
			log.debug(`${name} is left alone: ${decision.reason}`);
			return undefined;
		case "unsettled":
			throw new CniError(errorCodes.tryAgain, `${name}: the agent has not said whether it is meshed`, [
				decision.why,
			]);
		case "refused":
			throw mistakes(errorCodes.badPolicy, `${name}: ${decision.by}`, decision.problems);
		case "redirect":
			log.debug(`${name} is redirected: ${decision.by}`);
			log.warn(decision.warnings);
			return decision.policy;
	}
}

/** Without it Linkerd's pods and ours look like any other, and nobody would find out why. */
function hintAtCapability({ annotations, asksForAnnotations }: NetworkRequest, log: Logger): void {
	if (annotations === undefined && !asksForAnnotations) {
		log.warn(
			`the entry does not ask for pods' annotations: add "capabilities": {"${annotationsCapability}": true}`,
		);
	}
}
