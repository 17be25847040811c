import { type Cidr, parseAddress, parseCidr } from "../../domain/cidr.ts";
import type { InterfacePattern } from "../../domain/interface-name.ts";
import { subnetsBetween } from "../../domain/intervals.ts";
import type { Action, Condition, Test } from "../../rules/rule.ts";
import {
	largestId,
	largestPort,
	parseDestination,
	parseSpan,
	parseSpans,
	protocolName,
} from "../../rules/spelling.ts";

/** A match of iptables itself: addresses, interfaces and protocol. */
export function parsePlainMatch(
	option: string,
	values: readonly string[],
	negated: boolean,
): Condition[] | undefined {
	const [value] = values;
	const test = value === undefined || values.length > 1 ? undefined : plainTest(option, value);
	return test && [withNegation(test, negated)];
}

function withNegation(test: Test, negated: boolean): Condition {
	return negated ? { ...test, negated } : test;
}

function plainTest(option: string, value: string): Test | undefined {
	switch (option) {
		case "-p":
			return { kind: "protocol", protocols: [protocolName(value)] };
		case "-s":
		case "-d": {
			const subnet = parseCidr(value, option);
			const kind = option === "-s" ? "source" : "destination";
			return subnet.ok ? { kind, subnets: [subnet.value] } : undefined;
		}
		case "-i":
			return { kind: "in-interface", names: [interfacePattern(value)] };
		case "-o":
			return { kind: "out-interface", names: [interfacePattern(value)] };
		default:
			return undefined;
	}
}

function interfacePattern(printed: string): InterfacePattern {
	return printed.endsWith("+")
		? { name: printed.slice(0, -1), isPrefix: true }
		: { name: printed, isPrefix: false };
}

/** What stands behind `-m`: an extension's name and its options. All of them are read, or none. */
export function parseExtension([extension = "", ...words]: readonly string[]): Condition[] | undefined {
	const conditions: Condition[] = [];
	for (const { option, value, negated } of optionsIn(words)) {
		if (isTrueOfFirstPackets(option, value) && !negated) {
			continue;
		}
		const test = tests[extension]?.(option, value);
		if (test === undefined) {
			return undefined;
		}
		conditions.push(withNegation(test, negated));
	}
	return extension in tests ? conditions : undefined;
}

interface Option {
	readonly option: string;
	readonly value: string;
	readonly negated: boolean;
}

function optionsIn(words: readonly string[]): Option[] {
	const found: { option: string; values: string[]; negated: boolean }[] = [];
	for (const [index, word] of words.entries()) {
		if (word.startsWith("--")) {
			found.push({ option: word, values: [], negated: words[index - 1] === "!" });
		} else if (word !== "!") {
			found.at(-1)?.values.push(word);
		}
	}
	return found.map(({ values, ...rest }) => ({ ...rest, value: values.join(" ") }));
}

/** `--syn`, as it is printed: the nat tables see nothing else of a TCP connection. */
function isTrueOfFirstPackets(option: string, value: string): boolean {
	return option === "--tcp-flags" && value === "FIN,SYN,RST,ACK SYN";
}

type ReadOption = (option: string, value: string) => Test | undefined;

const tests: Readonly<Record<string, ReadOption>> = {
	tcp: portTest,
	udp: portTest,
	sctp: portTest,
	dccp: portTest,
	udplite: portTest,
	multiport: portTest,
	owner: ownerTest,
	iprange: rangeTest,
	mark: markTest,
	addrtype: addressTypeTest,
	conntrack: (option, value) => (option === "--ctstate" ? stateTest(value) : undefined),
	state: (option, value) => (option === "--state" ? stateTest(value) : undefined),
};

function portTest(option: string, value: string): Test | undefined {
	const kind = /^--dports?$/.test(option) ? "destination-port" : "source-port";
	const ports = /^--[ds]ports?$/.test(option) ? parseSpans(value, largestPort) : undefined;
	return ports && { kind, ports };
}

function ownerTest(option: string, value: string): Test | undefined {
	const [, kind] = /^--([ug]id)-owner$/.exec(option) ?? [];
	const ids = parseSpans(value, largestId);
	return ids !== undefined && (kind === "uid" || kind === "gid") ? { kind, ids } : undefined;
}

function rangeTest(option: string, value: string): Test | undefined {
	const kind = option === "--src-range" ? "source" : "destination";
	const [low = "", high = low] = value.split("-");
	return /^--(?:src|dst)-range$/.test(option) ? asTest(kind, low, high) : undefined;
}

function asTest(kind: "source" | "destination", low: string, high: string): Test | undefined {
	const isRange = parseAddress(low) !== undefined && parseAddress(high) !== undefined;
	const subnets: Cidr[] = isRange ? subnetsBetween(low, high) : [];
	return isRange ? { kind, subnets } : undefined;
}

function markTest(option: string, value: string): Test | undefined {
	const [, mark = "", mask = "0xffffffff"] = /^(0x[\da-f]+)(?:\/(0x[\da-f]+))?$/.exec(value) ?? [];
	return option === "--mark" && mark !== ""
		? { kind: "mark", value: Number(mark), mask: Number(mask) }
		: undefined;
}

function addressTypeTest(option: string, value: string): Test | undefined {
	if (value !== "LOCAL") {
		return undefined;
	}
	switch (option) {
		case "--dst-type":
			return { kind: "destination-is-local" };
		case "--src-type":
			return { kind: "source-is-local" };
		default:
			return undefined;
	}
}

function stateTest(value: string): Test {
	return { kind: "connection-state", states: value.toLowerCase().split(",") };
}

/** Targets after which the next rule is looked at: nothing that they do steers a packet in the nat tables. */
const passing: ReadonlySet<string> = new Set([
	"AUDIT",
	"CLASSIFY",
	"CONNMARK",
	"CONNSECMARK",
	"LOG",
	"MARK",
	"NFLOG",
	"RATEEST",
	"SECMARK",
	"SET",
	"TRACE",
]);

/** Reads `-j TARGET …` or `-g CHAIN`, split into words; nothing at all is a rule that only counts. */
export function parseTarget(words: readonly string[], isChain: (name: string) => boolean): Action {
	const [option, target, ...options] = words;
	if (target === undefined) {
		return { kind: "continue" };
	}
	if (isChain(target)) {
		return { kind: option === "-g" ? "goto" : "jump", chain: target };
	}
	return passing.has(target)
		? { kind: "continue" }
		: (knownTarget(target, options) ?? { kind: "unparsed", text: words.join(" ") });
}

function knownTarget(target: string, options: readonly string[]): Action | undefined {
	switch (target) {
		case "RETURN":
			return { kind: "return" };
		case "ACCEPT":
			return { kind: "accept" };
		case "DROP":
			return { kind: "drop" };
		case "REDIRECT":
			return redirect(withoutFlags(options));
		case "DNAT":
			return withoutFlags(options)[0] === "--to-destination" && withoutFlags(options).length === 2
				? parseDestination(withoutFlags(options)[1] ?? "")
				: undefined;
		default:
			return undefined;
	}
}

/** How one of several is picked makes no difference to which they are. */
function withoutFlags(options: readonly string[]): string[] {
	return options.filter((option) => !/^--(?:random|random-fully|persistent)$/.test(option));
}

function redirect([option, value, ...rest]: readonly string[]): Action | undefined {
	if (option === undefined) {
		return { kind: "redirect" };
	}
	const ports =
		option === "--to-ports" && rest.length === 0 ? parseSpan(value ?? "", largestPort) : undefined;
	return ports && { kind: "redirect", ports };
}
