import { parseChoice } from "../command/flag-values.ts";
import { type Family, families } from "../domain/family.ts";
import type { Result } from "../domain/problem.ts";
import type { ProbeResult, Topic } from "./probe.ts";

/** What must not be left unproven. */
export type Requirement = (typeof requirements)[number];

const requirements = [
	...(["outbound", "inbound", "ports", "subnets", "interfaces", "loopback", "uid", "gid"] as const),
	...(["ipv4", "ipv6", "all"] as const),
] as const;

export function parseRequirement(text: string, source: string): Result<Requirement> {
	return parseChoice(requirements)(text, source);
}

export function isRequired(result: ProbeResult, required: readonly Requirement[]): boolean {
	return required.some((requirement) => covers(requirement, result));
}

function covers(requirement: Requirement, { topic, direction, family }: ProbeResult): boolean {
	switch (requirement) {
		case "all":
			return true;
		case "outbound":
		case "inbound":
			return direction === requirement && topic === "redirect";
		case "ipv4":
		case "ipv6":
			return (
				families.find((each) => each === requirement) === family &&
				topic === "redirect" &&
				direction === "outbound"
			);
		default:
			return topics[requirement] === topic;
	}
}

const topics: Readonly<Record<Exclude<Requirement, "all" | "outbound" | "inbound" | Family>, Topic>> = {
	ports: "port",
	subnets: "subnet",
	interfaces: "interface",
	loopback: "loopback",
	uid: "uid",
	gid: "gid",
};
