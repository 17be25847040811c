import { type Observation, type Probe, ruleName } from "./probe.ts";

/** In words, what a connection shows that did what it should. */
export function howItEnded(probe: Probe, observation: Observation): string {
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
