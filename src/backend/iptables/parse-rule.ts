import { type Cidr, parseCidr, sameCidr } from "../../domain/cidr.ts";
import { parseGid, parseUid } from "../../domain/identity.ts";
import { parseInterfaceName } from "../../domain/interface-name.ts";
import { type PortRange, parsePort, parsePortRange } from "../../domain/port.ts";
import { all, type Result } from "../../domain/problem.ts";
import { commentOf } from "../../plan/comment.ts";
import type { ObservedRule } from "../../plan/observed.ts";
import type { Hook, Match, Rule, Verdict } from "../../plan/plan.ts";
import type { Reason } from "../../policy/reason.ts";
import { ruleOfList } from "./rule-of-list.ts";
import { splitWords } from "./words.ts";

/**
 * Reads a rule as iptables-save prints it behind `-A CHAIN`. Whatever is not word for word a rule that we would
 * write for some plan comes back as unknown, with its text.
 */
export function parseRule(spec: string, hook: Hook): ObservedRule {
	return ruleOfList(spec, hook) ?? readRule(splitWords(spec), hook) ?? { reason: "unknown", text: spec };
}

/** What has been read of a rule so far. */
interface Draft {
	readonly matches: Match[];
	comment?: string;
	verdict?: Verdict;
}

function readRule(words: readonly string[], hook: Hook): Rule | undefined {
	const draft: Draft = { matches: [] };
	for (let rest = words; rest.length > 0; ) {
		const [option = "", value = "", ...others] = rest;
		if (!readOption(option, value, draft)) {
			return undefined;
		}
		rest = others;
	}
	return finish(draft, hook);
}

/** Takes one option and its value into the draft; false for anything that our rules never contain. */
function readOption(option: string, value: string, draft: Draft): boolean {
	switch (option) {
		case "-m":
			return knownExtensions.has(value);
		case "--comment":
			draft.comment = value;
			return true;
		case "-j":
			if (value === "RETURN") {
				draft.verdict = { kind: "return" };
			}
			return value === "RETURN" || value === "REDIRECT";
		case "--to-ports": {
			const port = parsePort(value, option);
			if (port.ok) {
				draft.verdict = { kind: "redirect", port: port.value };
			}
			return port.ok;
		}
		default: {
			const match = readMatch(option, value);
			draft.matches.push(...(match?.ok ? [match.value] : []));
			return match?.ok ?? false;
		}
	}
}

const knownExtensions = new Set(["comment", "multiport", "owner", "tcp"]);

function readMatch(option: string, value: string): Result<Match> | undefined {
	switch (option) {
		case "-p":
			return value === "tcp" ? { ok: true, value: { kind: "protocol", protocol: "tcp" } } : undefined;
		case "--dport":
		case "--dports":
			return map(readPorts(value), (ports) => ({ kind: "destination-port", ports }));
		case "-s":
			return map(parseCidr(value, option), (subnet) => ({ kind: "source", subnet }));
		case "-d":
			return map(parseCidr(value, option), (subnet) => ({ kind: "destination", subnet }));
		case "-i":
			return map(parseInterfaceName(value, option), (name) => ({ kind: "in-interface", name }));
		case "-o":
			return map(parseInterfaceName(value, option), (name) => ({ kind: "out-interface", name }));
		case "--uid-owner":
			return map(parseUid(value, option), (uid) => ({ kind: "uid", uid }));
		case "--gid-owner":
			return map(parseGid(value, option), (gid) => ({ kind: "gid", gid }));
		default:
			return undefined;
	}
}

function readPorts(list: string): Result<PortRange[]> {
	return all(list.split(",").map((item) => parsePortRange(item.replace(":", "-"), "--dports")));
}

function map<T>(result: Result<T>, make: (value: T) => Match): Result<Match> {
	return result.ok ? { ok: true, value: make(result.value) } : result;
}

function finish(draft: Draft, hook: Hook): Rule | undefined {
	const { comment, verdict } = draft;
	const reason = reasons.find((candidate) => comment?.startsWith(`proxy-init/${candidate}`));
	if (comment === undefined || verdict === undefined || reason === undefined) {
		return undefined;
	}
	const matches = reason === "ignore-subnet" ? asGiven(draft.matches, comment, hook) : draft.matches;
	return commentOf(reason, matches) === comment ? { reason, matches, verdict } : undefined;
}

/** Longer ids first, so that none is mistaken for a shorter one that it begins with. */
const reasons: readonly Reason[] = [
	"redirect-all-incoming-to-proxy-port",
	"redirect-all-outgoing-to-proxy-port",
	"redirect-outgoing-port",
	"redirect-port",
	"ignore-proxy-group-id",
	"ignore-proxy-user-id",
	"ignore-interface",
	"ignore-loopback",
	"ignore-user-id",
	"ignore-subnet",
	"ignore-port",
];

/**
 * The kernel keeps a subnet's first address only, and nothing at all of `0.0.0.0/0`; the comment keeps the spelling
 * that was given. Takes the spelling where the two agree.
 */
function asGiven(matches: readonly Match[], comment: string, hook: Hook): readonly Match[] {
	const text = comment.slice("proxy-init/ignore-subnet-".length);
	if (matches.some((match) => "subnet" in match && match.subnet.text === text)) {
		return matches;
	}
	const spelled = parseCidr(text, "comment");
	if (!spelled.ok) {
		return matches;
	}
	if (matches.length === 0 && spelled.value.prefix === 0) {
		return [{ kind: hook === "prerouting" ? "source" : "destination", subnet: spelled.value }];
	}
	return matches.map((match) => ("subnet" in match ? respell(match, spelled.value) : match));
}

function respell<M extends Match & { subnet: Cidr }>(match: M, spelled: Cidr): M {
	return sameCidr(match.subnet, spelled) ? { ...match, subnet: spelled } : match;
}
