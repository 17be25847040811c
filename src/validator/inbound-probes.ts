import type { User } from "../linux/user.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import { plan } from "../rules/plan.ts";
import { proxyPortsOf } from "./outbound-probes.ts";
import { likelyPorts, portProbes } from "./port-probes.ts";
import {
	type Gap,
	isTelling,
	isToBeRedirected,
	makeProbe,
	type Probe,
	type Probes,
	type Way,
	whyNot,
} from "./probe.ts";

/** Whoever connects from outside has no user that this kernel would show its rules. */
const nobody: User = { uid: 0, gid: 0 };

/** Everything about one family's inbound connections that a neighbour on a wire can try, and what it cannot. */
export function inboundProbes(policy: RedirectPolicy, way: Way): Probes {
	const made = plan(policy);
	const { portsToRedirect, portsToIgnore, subnetsToIgnore, interfacesToIgnore } = policy.inbound;
	const lists = {
		portsToRedirect: portsToRedirect.map((port) => ({ low: port, high: port })),
		portsToIgnore,
		proxyPorts: proxyPortsOf(policy),
	};
	const gap = (topic: Gap["topic"], why: string): Gap => ({
		topic,
		direction: "inbound",
		family: way.family,
		why,
	});
	const attempts = likelyPorts(lists).map((port) => ({ way, port, user: nobody }));
	const tried = attempts.map((attempt) => ({ attempt, probe: makeProbe(made, "redirect", attempt) }));
	const redirected = tried.find(({ probe }) => isToBeRedirected(probe));
	const usual = redirected ?? tried[0];
	const found: (Probe | Gap)[] = [
		redirected?.probe ?? {
			...gap(
				"redirect",
				`the policy lets pass whatever can be tried (${usual === undefined ? "" : whyNot(usual.probe.expected)})`,
			),
			isWanted: true,
		},
		...(usual === undefined ? [] : portProbes(made, usual.attempt, lists)),
		...subnetsToIgnore
			.filter(({ family }) => family === way.family)
			.map(({ text }) => gap("subnet", `from ${text}: no address in it is certain to be nobody's`)),
		...interfacesToIgnore.map((name) => gap("interface", `on ${name}: nobody at its other end can be asked`)),
	];
	return {
		probes: found.filter((each): each is Probe => "to" in each).filter(isTelling),
		gaps: found.filter((each): each is Gap => "why" in each),
	};
}
