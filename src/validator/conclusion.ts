import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { type Family, families } from "../domain/family.ts";
import { harmlessJson } from "../domain/harmless.ts";
import type { Result } from "../domain/problem.ts";
import { parseChoice } from "../domain/words.ts";
import { writeStandardOutput } from "../host/node-streams.ts";
import type { Log } from "../serving/log.ts";
import type { ProbeResult, Topic } from "./probe.ts";

export interface Conclusion {
	readonly exitCode: ExitCode;
	/** Why it is not good; empty when it is. */
	readonly errors: readonly string[];
}

export function concludeFrom(errors: readonly string[]): Conclusion {
	return { exitCode: errors.length === 0 ? exitCodes.done : exitCodes.validationFailed, errors };
}

/** Why what is proven is not enough. Where nothing could be tried nothing is, and that is a failure. */
export function shortcomings(results: readonly ProbeResult[], required: readonly Requirement[]): string[] {
	const failed = results.filter(({ outcome }) => outcome === "failed");
	const unproven = results.filter(({ outcome, isWanted }) => outcome === "unproven" && isWanted !== true);
	const outbound = results.filter(({ direction, topic }) => direction === "outbound" && topic === "redirect");
	const isNothingProven =
		!outbound.some(({ outcome }) => outcome !== "unproven") &&
		outbound.some(({ isWanted }) => isWanted !== true);
	return [
		...failed.map(formatResult),
		...unproven
			.filter((result) => isRequired(result, required))
			.map((result) => `required, but ${formatResult(result)}`),
		...(isNothingProven ? ["nothing is proven: no outbound connection could be tried"] : []),
	];
}

function formatResult({ direction, family, outcome, text }: ProbeResult): string {
	return `${direction} ${family}: ${outcome === "unproven" ? "not provable here: " : ""}${text}`;
}

/** One line for each thing that was found out, then what follows from it. */
export function logResult(log: Log, results: readonly ProbeResult[], { errors }: Conclusion): void {
	for (const result of results.filter(({ outcome }) => outcome !== "failed")) {
		const write = result.isMoot === true ? log.debug : log.info;
		write(formatResult(result), result.rule === undefined ? {} : { rule: result.rule });
	}
	for (const error of errors) {
		log.error(error);
	}
	if (errors.length === 0) {
		log.info("Validated");
	} else if (results.some(({ outcome }) => outcome === "failed")) {
		log.error(advice);
	}
}

const advice =
	'"shunt status" lists the rules that are there; where the CNI plugin makes them, its log on the node says what became of them';

/** One object on standard output, for programs. */
export function writeJson(
	results: readonly ProbeResult[],
	{ exitCode, errors }: Conclusion,
	milliseconds: number,
): void {
	const report = { exitCode, validated: errors.length === 0, milliseconds, proofs: results, errors };
	writeStandardOutput(`${harmlessJson(report)}\n`);
}

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
