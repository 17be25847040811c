import {
	isToBeRedirected,
	type Observation,
	type Probe,
	type ProbeResult,
	type Probes,
	ruleName,
} from "./probe.ts";

/** Holds what was seen against what should have been. */
export function evaluateResults(
	{ probes, gaps }: Probes,
	observations: ReadonlyMap<Probe, Observation>,
): ProbeResult[] {
	const evaluated = probes.map((probe) => ({
		probe,
		result: evaluateResult(probe, observations.get(probe) ?? silent),
	}));
	const broken = evaluated.filter(({ result }) => result.topic === "redirect" && result.outcome === "failed");
	const isMoot = (one: Evaluated) => broken.some((other) => makesMoot(other, one));
	return [
		...merge(evaluated.filter((one) => !isMoot(one))),
		...mootResults(evaluated.filter(isMoot)),
		...gaps.map(({ why, ...gap }): ProbeResult => ({ ...gap, outcome: "unproven", text: why })),
	];
}

const silent: Observation = { kind: "silent" };

interface Evaluated {
	readonly probe: Probe;
	readonly result: ProbeResult;
}

/**
 * Where nothing is redirected at all, it proves nothing that a skipped port is not; and that yet another port is not
 * redirected needs no saying.
 */
function makesMoot(broken: Evaluated, { probe, result }: Evaluated): boolean {
	const isOfTheSame = result.direction === broken.result.direction && result.family === broken.result.family;
	const isPassing = !isToBeRedirected(probe) && result.outcome !== "failed";
	const isAgain =
		result.topic === "port" && result.outcome === "failed" && result.rule === broken.result.rule;
	return isOfTheSame && (isPassing || isAgain);
}

function mootResults(evaluated: readonly Evaluated[]): ProbeResult[] {
	const results = evaluated.map(({ probe: { topic, direction, family } }): ProbeResult => {
		const text = `that it passes means nothing while ${direction} connections are not redirected`;
		return { topic, direction, family, outcome: "unproven", text, isMoot: true };
	});
	const keyOf = ({ topic, direction, family }: ProbeResult) => `${topic} ${direction} ${family}`;
	return [...new Map(results.map((result) => [keyOf(result), result])).values()];
}

function evaluateResult(probe: Probe, observation: Observation): ProbeResult {
	const { topic, direction, family, expected } = probe;
	const rule = expected.decidedBy === undefined ? {} : { rule: ruleName(expected.decidedBy) };
	const about = { topic, direction, family, ...rule };
	const wrong = whatIsWrong(probe, observation);
	if (wrong !== undefined) {
		return { ...about, outcome: "failed", text: wrong };
	}
	const unclear = whyUnclear(observation);
	return unclear === undefined
		? { ...about, outcome: "proven", text: howItEnded(probe, observation) }
		: { ...about, outcome: "unproven", text: `port ${probe.to.port}: ${unclear}` };
}

function whyUnclear(observation: Observation): string | undefined {
	switch (observation.kind) {
		case "unsendable":
			return `could not be sent (${observation.code})`;
		case "taken":
			return "was taken by somebody who was gone before it could be seen who";
		default:
			return undefined;
	}
}

/** Many ports of one list with which it is the same are one thing to say. */
function merge(evaluated: readonly Evaluated[]): ProbeResult[] {
	const groups = new Map<string | Probe, Evaluated[]>();
	for (const one of evaluated) {
		const key = mergeKey(one);
		groups.set(key, [...(groups.get(key) ?? []), one]);
	}
	return [...groups.values()].flatMap((group) => {
		const [first] = group;
		const ports = group.map(({ probe }) => probe.to.port).sort((a, b) => a - b);
		return first === undefined || group.length === 1
			? group.map(({ result }) => result)
			: [{ ...first.result, text: inPlural(first.result.text, ports) }];
	});
}

/** By what is said, but for the port. */
function mergeKey({ result, probe }: Evaluated): string | Probe {
	const { topic, direction, family, outcome, rule, text } = result;
	return topic === "port" ? `${direction} ${family} ${outcome} ${rule} ${text.replace(onePort, "")}` : probe;
}

const onePort = /\bport \d+/;

function inPlural(text: string, ports: readonly number[]): string {
	return text
		.replace(onePort, `ports ${ports.join(", ")}`)
		.replace("a connection to", "connections to")
		.replace(/ was (?=redirected|not redirected)/, " were ");
}

/** In words, what a connection shows that did what it should. */
function howItEnded(probe: Probe, observation: Observation): string {
	const { expected } = probe;
	return expected.fate.kind === "redirect"
		? `${subjectOf(probe)} was redirected to ${expected.fate.port}`
		: `${subjectOf(probe)} passed${answerOf(observation)}`;
}

/** In words, what is wrong; undefined when nothing is. */
export function whatIsWrong(probe: Probe, observation: Observation): string | undefined {
	const { fate } = probe.expected;
	return fate.kind === "redirect"
		? wrongRedirect(probe, observation, fate.port)
		: wrongPass(probe, observation);
}

function wrongRedirect(probe: Probe, observation: Observation, wanted: number): string | undefined {
	const reached = redirectedTo(probe, observation);
	if (reached === wanted) {
		return undefined;
	}
	return reached === undefined
		? `${subjectOf(probe)} was not redirected to ${wanted}${answerOf(observation)}: ${missing(probe)}`
		: `${subjectOf(probe)} was redirected to ${reached} instead of ${wanted}: another rule comes before ${nameOf(probe)}, or it was made for another port`;
}

function wrongPass(probe: Probe, observation: Observation): string | undefined {
	const reached = redirectedTo(probe, observation);
	if (reached === undefined) {
		return undefined;
	}
	const rule = probe.expected.decidedBy;
	const why =
		rule === undefined
			? "no rule of the policy is for it"
			: `rule ${ruleName(rule)} is missing, or comes too late`;
	const loop = rule?.reason.startsWith("ignore-proxy-") === true ? "; the proxy would be sent to itself" : "";
	return `${subjectOf(probe)} was redirected to ${reached}: ${why}${loop}`;
}

/** A port where connections arrive that were not meant for it; undefined when it went where it was going. */
function redirectedTo({ to }: Probe, observation: Observation): number | undefined {
	return observation.kind === "arrived" && observation.port !== to.port ? observation.port : undefined;
}

function missing(probe: Probe): string {
	const { direction } = probe;
	const jump = `proxy-init/install-proxy-init-${direction === "inbound" ? "prerouting" : "output"}`;
	return `rule ${nameOf(probe)} is missing, nothing leads to its chain (${jump}), or another rule comes first`;
}

function nameOf({ expected }: Probe): string {
	return expected.decidedBy === undefined ? "of the policy" : ruleName(expected.decidedBy);
}

function subjectOf({ topic, to, user, family }: Probe): string {
	const where = `${to.address} port ${to.port}`;
	switch (topic) {
		case "uid":
			return `a connection of user ${user.uid} to ${where}`;
		case "gid":
			return `a connection of group ${user.gid} to ${where}`;
		case "loopback":
			return `a connection over loopback (${family === "ipv4" ? "127.0.0.1" : "::1"} port ${to.port})`;
		default:
			return `a connection to ${where}`;
	}
}

function answerOf(observation: Observation): string {
	switch (observation.kind) {
		case "answered":
			return ` (the answer was ${observation.code})`;
		case "taken":
			return " (somebody took it who could not be traced)";
		case "unsendable":
			return ` (it could not be sent: ${observation.code})`;
		default:
			return "";
	}
}
