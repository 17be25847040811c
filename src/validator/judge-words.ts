import { type Probe, ruleName, type Sighting } from "./probe.ts";

/** In words, what a connection shows that did what it should. */
export function howItEnded(probe: Probe, sighting: Sighting): string {
	const { expected } = probe;
	return expected.fate.kind === "redirect"
		? `${subjectOf(probe)} was redirected to ${expected.fate.port}`
		: `${subjectOf(probe)} passed${answerOf(sighting)}`;
}

/** In words, what is wrong; undefined when nothing is. */
export function whatIsWrong(probe: Probe, sighting: Sighting): string | undefined {
	const { fate } = probe.expected;
	return fate.kind === "redirect" ? wrongRedirect(probe, sighting, fate.port) : wrongPass(probe, sighting);
}

function wrongRedirect(probe: Probe, sighting: Sighting, wanted: number): string | undefined {
	const reached = redirectedTo(probe, sighting);
	if (reached === wanted) {
		return undefined;
	}
	return reached === undefined
		? `${subjectOf(probe)} was not redirected to ${wanted}${answerOf(sighting)}: ${missing(probe)}`
		: `${subjectOf(probe)} was redirected to ${reached} instead of ${wanted}: another rule comes before ${nameOf(probe)}, or it was made for another port`;
}

function wrongPass(probe: Probe, sighting: Sighting): string | undefined {
	const reached = redirectedTo(probe, sighting);
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
function redirectedTo({ to }: Probe, sighting: Sighting): number | undefined {
	return sighting.kind === "arrived" && sighting.port !== to.port ? sighting.port : undefined;
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

function answerOf(sighting: Sighting): string {
	switch (sighting.kind) {
		case "answered":
			return ` (the answer was ${sighting.code})`;
		case "taken":
			return " (somebody took it who could not be traced)";
		case "unsendable":
			return ` (it could not be sent: ${sighting.code})`;
		default:
			return "";
	}
}
