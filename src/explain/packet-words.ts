import { err, ok, type Problem, type Result } from "../domain/problem.ts";
import { directions } from "../policy/condition.ts";
import type { PacketFieldName, PacketRequest } from "./packet-fields.ts";

/**
 * The short way to say a packet: `outbound 10.0.0.5:3306`, `inbound 8080`, `outbound [fd00::5]:80`. The rest is
 * said with flags, which must not say the same again.
 */
export function readPacketWords(words: readonly string[], flags: PacketRequest): Result<PacketRequest> {
	const problems: Problem[] = [];
	const said: Partial<Record<PacketFieldName, string>> = {};
	const say = (field: PacketFieldName, value: string, word: string) => {
		if (flags[field] !== undefined || said[field] !== undefined) {
			problems.push({
				source: "packet",
				value: word,
				complaint: `says the ${field === "to" ? "address" : field} a second time`,
				accepted: "each thing said once",
			});
		}
		said[field] = value;
	};
	for (const word of words) {
		const fields = fieldsOf(word);
		if (fields === undefined) {
			problems.push({ source: "packet", value: word, complaint: "is not understood", accepted });
			continue;
		}
		for (const [field, value] of fields) {
			say(field, value, word);
		}
	}
	return problems.length > 0 ? err(...problems) : ok({ ...flags, ...said });
}

const accepted = "inbound or outbound, then PORT, ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT";

type Fields = readonly (readonly [PacketFieldName, string])[];

/** Only what a word is about is decided here; whether the address or the port is one, later and for all alike. */
function fieldsOf(word: string): Fields | undefined {
	if (directions.some((direction) => direction === word)) {
		return [["direction", word]];
	}
	const [, port] = /^:?(\d+)$/.exec(word) ?? [];
	if (port !== undefined) {
		return [["port", port]];
	}
	const [, address, portAfter] =
		/^\[([^\]]*)\](?::(\d+))?$/.exec(word) ??
		/^([\d.]+)(?::(\d+))?$/.exec(word) ??
		/^([\dA-Fa-f:.]+)$/.exec(word) ??
		[];
	if (address === undefined) {
		return undefined;
	}
	return [["to", address], ...(portAfter === undefined ? [] : [["port", portAfter] as const])];
}
