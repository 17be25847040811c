import { formatAddress } from "../../domain/cidr.ts";
import { harmlessJson } from "../../domain/harmless.ts";
import { explain } from "../../explain/explain.ts";
import { readPacket } from "../../explain/packet.ts";
import type { PacketRequest } from "../../explain/packet-fields.ts";
import type { Section } from "../../explain/ruleset-summary.ts";
import type { Subject } from "../../explain/subject.ts";
import { summarize } from "../../explain/summary.ts";
import type { Trace } from "../../explain/trace.ts";
import type { Gap } from "../../rules/ruleset.ts";

/** What is told about one pod's rules: what becomes of a packet, or everything that they do. */
export interface Report {
	readonly subject: Subject;
	readonly journey?: Trace;
	readonly summary: readonly Section[];
}

/** Each pod has its own packet, since what is assumed depends on who it is assumed of. */
export function reportOn(subject: Subject, request: PacketRequest | undefined): Report {
	const asked = request === undefined ? undefined : readPacket(request, subject.sender);
	return {
		subject,
		summary: summarize(subject.rules),
		...(asked?.ok === true ? { journey: explain(subject.rules, asked.value) } : {}),
	};
}

/** The same for programs. Addresses are texts, and what is absent is left out. */
export function reportsToJson(reports: readonly Report[]): string {
	const subjects = reports.map(({ subject, journey, summary }) => ({
		name: subject.label,
		source: subject.source,
		notes: subject.notes,
		...unreadToJson(subject.rules),
		...(journey === undefined ? { summary } : { ...journeyToJson(journey) }),
	}));
	return `${harmlessJson({ subjects }, 2)}\n`;
}

/** Of a namespace, what was not read, and what was read by a program that may have left out a part. */
function unreadToJson(rules: Subject["rules"]) {
	if (rules.kind !== "ruleset") {
		return {};
	}
	const { gaps, unconfirmed } = rules.ruleset;
	return { notRead: gaps.map(inWordsOfFlags), notConfirmed: unconfirmed.map(inWordsOfFlags) };
}

/** As `shunt status` says them. */
function inWordsOfFlags({ dialect: mode, scope: family, ...rest }: Gap) {
	return { mode, family, ...rest };
}

function journeyToJson({ asked, fate, outcome, sentence, steps }: Trace) {
	const { hook: _hook, source, destination, destinationPort, ...packet } = asked.packet;
	return {
		packet: {
			direction: asked.direction,
			...packet,
			from: formatAddress(source),
			to: formatAddress(destination),
			...(destinationPort === undefined ? {} : { port: destinationPort }),
		},
		assumed: asked.assumed,
		fate,
		outcome,
		sentence,
		rules: steps,
	};
}
