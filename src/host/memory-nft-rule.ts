import { type Kind, kinds, type Right, readRight } from "./memory-nft-value.ts";
import { NftComplaint, type NftWords } from "./memory-nft-words.ts";

/** A rule, as nft lists it, and what it needs to be there. */
export interface NftRule {
	readonly expr: readonly unknown[];
	/** Without its comment. */
	readonly text: string;
	readonly comment?: string;
	/** The chain that it leads to. */
	readonly chain?: string;
	/** Sets of the table that it names. */
	readonly sets: readonly string[];
	/** How many sets were made for it; each has a handle, as the rule has. */
	readonly ownSets: number;
	/** Only a nat chain may hold it. */
	readonly translates: boolean;
}

export type TableFamily = "ip" | "ip6" | "inet";

/** Reads one rule up to the break behind it: matches and counters, then at most one verdict, then at most one comment. */
export function readRule(words: NftWords, family: TableFamily): NftRule {
	const parts: Part[] = [];
	while (!words.isAtBreak && words.next !== "comment") {
		if (parts.some(({ ends }) => ends)) {
			throw new NftComplaint("Statement after terminal statement has no effect");
		}
		parts.push(readPart(words));
		refuseConflicts(parts, family);
	}
	const comment = words.takes("comment") ? readComment(words) : undefined;
	const chain = parts.find((part) => part.chain !== undefined)?.chain;
	if (!words.isAtBreak || (parts.length === 0 && comment === undefined)) {
		throw words.unexpected();
	}
	return {
		expr: parts.map(({ json }) => json),
		text: parts.map(({ text }) => text).join(" "),
		...(comment === undefined ? {} : { comment }),
		...(chain === undefined ? {} : { chain }),
		sets: parts.flatMap(({ right }) => (right?.set === undefined ? [] : [right.set])),
		ownSets: parts.filter(({ right }) => right?.isSet).length,
		translates: parts.some(({ translates }) => translates),
	};
}

/** A statement of a rule. */
interface Part {
	readonly json: unknown;
	readonly text: string;
	readonly right?: Right;
	readonly chain?: string;
	/** `ip`, `ip6`, `tcp`, … where it takes one for granted. */
	readonly protocol?: string;
	readonly ends?: true;
	readonly translates?: true;
	readonly wantsTransport?: true;
}

function readPart(words: NftWords): Part {
	const word = words.take();
	switch (word) {
		case "counter":
			return readCounter(words);
		case "accept":
		case "drop":
		case "return":
			return { json: { [word]: null }, text: word, ends: true };
		case "jump":
		case "goto": {
			const chain = words.name();
			return { json: { [word]: { target: chain } }, text: `${word} ${chain}`, chain, ends: true };
		}
		case "redirect":
			return readRedirect(words);
		case "meta":
			return readMeta(words, words.take());
		default:
			return word in metaKinds ? readMeta(words, word) : readPayload(words, word);
	}
}

function readCounter(words: NftWords): Part {
	const packets = words.takes("packets") ? words.take() : "0";
	const bytes = words.takes("bytes") ? words.take() : "0";
	return {
		json: { counter: { packets: Number(packets), bytes: Number(bytes) } },
		text: `counter packets ${packets} bytes ${bytes}`,
	};
}

function readRedirect(words: NftWords): Part {
	const common = { ends: true, translates: true } as const;
	if (!words.takes("to")) {
		return { json: { redirect: null }, text: "redirect", ...common };
	}
	const [, digits = ""] = /^:(\d+)$/.exec(words.next) ?? [];
	const port = kinds.port.number(digits);
	if (port === undefined) {
		throw digits === "" ? words.unexpected() : new NftComplaint(kinds.port.complaint);
	}
	words.take();
	return {
		json: { redirect: { port: Number(port) } },
		text: `redirect to :${port}`,
		wantsTransport: true,
		...common,
	};
}

const metaKinds: Readonly<Record<string, Kind>> = {
	nfproto: kinds.family,
	l4proto: kinds.protocol,
	skuid: kinds.id,
	skgid: kinds.id,
	iifname: kinds.interfaceNames,
	oifname: kinds.interfaceNames,
};

function readMeta(words: NftWords, key: string): Part {
	const kind = metaKinds[key];
	if (kind === undefined) {
		throw new NftComplaint(`syntax error, unexpected string`);
	}
	const isBare = key === "iifname" || key === "oifname";
	return {
		...readMatch(words, { meta: { key } }, isBare ? key : `meta ${key}`, kind),
		...(key === "l4proto" ? { protocol: "l4proto" } : {}),
	};
}

const payloadKinds: Readonly<Record<string, Kind>> = {
	"tcp dport": kinds.port,
	"tcp sport": kinds.port,
	"udp dport": kinds.port,
	"udp sport": kinds.port,
	"ip saddr": kinds.ipv4,
	"ip daddr": kinds.ipv4,
	"ip6 saddr": kinds.ipv6,
	"ip6 daddr": kinds.ipv6,
};

function readPayload(words: NftWords, protocol: string): Part {
	const field = words.take();
	const kind = payloadKinds[`${protocol} ${field}`];
	if (kind === undefined) {
		throw new NftComplaint("syntax error, unexpected string");
	}
	return { ...readMatch(words, { payload: { protocol, field } }, `${protocol} ${field}`, kind), protocol };
}

function readMatch(words: NftWords, left: unknown, text: string, kind: Kind): Part {
	const op = words.takes("!=") ? "!=" : "==";
	words.takes("==");
	const right = readRight(words, kind);
	return {
		json: { match: { op, left, right: right.json } },
		text: `${text} ${op === "!=" ? "!= " : ""}${right.text}`,
		right,
	};
}

function readComment(words: NftWords): string {
	const [, comment] = /^"?([^"]+)"?$/.exec(words.take()) ?? [];
	if (comment === undefined) {
		throw new NftComplaint("syntax error, unexpected junk, expecting string or quoted string");
	}
	return comment;
}

function refuseConflicts(parts: readonly Part[], family: TableFamily): void {
	const protocols = [family, ...parts.map(({ protocol }) => protocol)];
	const networks = new Set(protocols.filter((protocol) => protocol === "ip" || protocol === "ip6"));
	if (networks.size > 1) {
		throw new NftComplaint(`conflicting protocols specified: ${[...networks].join(" vs. ")}`);
	}
	const isTransportKnown = protocols.some((protocol) => ["tcp", "udp", "l4proto"].includes(protocol ?? ""));
	if (parts.at(-1)?.wantsTransport && !isTransportKnown) {
		throw new NftComplaint("transport protocol mapping is only valid after transport protocol match");
	}
}
