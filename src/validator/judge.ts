import { howItEnded, whatIsWrong } from "./judge-words.ts";
import { isToBeRedirected, type Probe, type Probes, type Proof, ruleName, type Sighting } from "./probe.ts";

/** Holds what was seen against what should have been. */
export function judge({ probes, gaps }: Probes, sightings: ReadonlyMap<Probe, Sighting>): Proof[] {
	const judged = probes.map((probe) => ({ probe, proof: judgeOne(probe, sightings.get(probe) ?? silent) }));
	const broken = judged.filter(({ proof }) => proof.topic === "redirect" && proof.outcome === "failed");
	const isMoot = (one: Judged) => broken.some((other) => makesMoot(other, one));
	return [
		...merge(judged.filter((one) => !isMoot(one))),
		...mootProofs(judged.filter(isMoot)),
		...gaps.map(({ why, ...gap }): Proof => ({ ...gap, outcome: "unproven", text: why })),
	];
}

const silent: Sighting = { kind: "silent" };

interface Judged {
	readonly probe: Probe;
	readonly proof: Proof;
}

/**
 * Where nothing is redirected at all, it proves nothing that a skipped port is not; and that yet another port is not
 * redirected needs no saying.
 */
function makesMoot(broken: Judged, { probe, proof }: Judged): boolean {
	const isOfTheSame = proof.direction === broken.proof.direction && proof.family === broken.proof.family;
	const isPassing = !isToBeRedirected(probe) && proof.outcome !== "failed";
	const isAgain = proof.topic === "port" && proof.outcome === "failed" && proof.rule === broken.proof.rule;
	return isOfTheSame && (isPassing || isAgain);
}

function mootProofs(judged: readonly Judged[]): Proof[] {
	const proofs = judged.map(({ probe: { topic, direction, family } }): Proof => {
		const text = `that it passes means nothing while ${direction} connections are not redirected`;
		return { topic, direction, family, outcome: "unproven", text, isMoot: true };
	});
	const keyOf = ({ topic, direction, family }: Proof) => `${topic} ${direction} ${family}`;
	return [...new Map(proofs.map((proof) => [keyOf(proof), proof])).values()];
}

function judgeOne(probe: Probe, sighting: Sighting): Proof {
	const { topic, direction, family, expected } = probe;
	const rule = expected.decidedBy === undefined ? {} : { rule: ruleName(expected.decidedBy) };
	const about = { topic, direction, family, ...rule };
	const wrong = whatIsWrong(probe, sighting);
	if (wrong !== undefined) {
		return { ...about, outcome: "failed", text: wrong };
	}
	const unclear = whyUnclear(sighting);
	return unclear === undefined
		? { ...about, outcome: "proven", text: howItEnded(probe, sighting) }
		: { ...about, outcome: "unproven", text: `port ${probe.to.port}: ${unclear}` };
}

function whyUnclear(sighting: Sighting): string | undefined {
	switch (sighting.kind) {
		case "unsendable":
			return `could not be sent (${sighting.code})`;
		case "taken":
			return "was taken by somebody who was gone before it could be seen who";
		default:
			return undefined;
	}
}

/** Many ports of one list with which it is the same are one thing to say. */
function merge(judged: readonly Judged[]): Proof[] {
	const groups = new Map<string | Probe, Judged[]>();
	for (const one of judged) {
		const key = mergeKey(one);
		groups.set(key, [...(groups.get(key) ?? []), one]);
	}
	return [...groups.values()].flatMap((group) => {
		const [first] = group;
		const ports = group.map(({ probe }) => probe.to.port).sort((a, b) => a - b);
		return first === undefined || group.length === 1
			? group.map(({ proof }) => proof)
			: [{ ...first.proof, text: inPlural(first.proof.text, ports) }];
	});
}

/** By what is said, but for the port. */
function mergeKey({ proof, probe }: Judged): string | Probe {
	const { topic, direction, family, outcome, rule, text } = proof;
	return topic === "port" ? `${direction} ${family} ${outcome} ${rule} ${text.replace(onePort, "")}` : probe;
}

const onePort = /\bport \d+/;

function inPlural(text: string, ports: readonly number[]): string {
	return text
		.replace(onePort, `ports ${ports.join(", ")}`)
		.replace("a connection to", "connections to")
		.replace(/ was (?=redirected|not redirected)/, " were ");
}
