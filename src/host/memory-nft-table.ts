import { type NftRule, readRule, type TableFamily } from "./memory-nft-rule.ts";
import { kinds, readElements, type Span, settle } from "./memory-nft-value.ts";
import { NftComplaint, type NftWords, refused } from "./memory-nft-words.ts";

/** A table of the fake kernel's nf_tables; chains and sets in the order in which they were made. */
export interface FakeTable {
	readonly family: TableFamily;
	readonly name: string;
	readonly handle: number;
	dormant: boolean;
	comment?: string;
	readonly chains: Map<string, FakeChain>;
	readonly sets: Map<string, FakeSet>;
	/** The last handle given to something inside. */
	lastHandle: number;
}

export interface FakeChain {
	readonly handle: number;
	base?: { readonly type: string; readonly hook: string; readonly prio: number; policy: "accept" | "drop" };
	rules: readonly (NftRule & { readonly handle: number })[];
}

export interface FakeSet {
	readonly handle: number;
	readonly type: keyof typeof setKinds;
	readonly hasIntervals: boolean;
	spans: readonly Span[];
}

export const setKinds = {
	inet_service: kinds.port,
	ipv4_addr: kinds.ipv4,
	ipv6_addr: kinds.ipv6,
	ifname: kinds.interfaceNames,
};

export function existing<T>(among: ReadonlyMap<string, T>, name: string): T {
	const found = among.get(name);
	if (found === undefined) {
		throw refused("missing");
	}
	return found;
}

export function refuseWhereUsed(table: FakeTable, uses: (rule: NftRule) => boolean, itself?: string): void {
	const others = [...table.chains].filter(([name]) => name !== itself);
	if (others.some(([, { rules }]) => rules.some(uses))) {
		throw refused("busy");
	}
}

/** The chain, which is made where there is none. */
export function chainOf(table: FakeTable, name: string): FakeChain {
	const chain = table.chains.get(name) ?? { handle: ++table.lastHandle, rules: [] };
	table.chains.set(name, chain);
	return chain;
}

/** A chain's block: where it hangs, which cannot be changed later but for the policy, and its rules. */
export function readChain(words: NftWords, table: FakeTable, name: string): readonly NftRule[] {
	const rules: NftRule[] = [];
	const chain = existing(table.chains, name);
	if (words.next !== "{") {
		return rules;
	}
	words.block(() => {
		if (words.takes("type")) {
			hang(chain, readBase(words));
		} else if (words.takes("policy")) {
			const policy = words.take();
			if (chain.base === undefined || (policy !== "accept" && policy !== "drop")) {
				throw refused("unsupported");
			}
			chain.base.policy = policy;
		} else {
			rules.push(readRule(words, table.family));
		}
	});
	return rules;
}

function readBase(words: NftWords): NonNullable<FakeChain["base"]> {
	const type = words.name();
	words.expect("hook");
	const hook = words.name();
	words.expect("priority");
	const prio = Number(words.take());
	if (!Number.isInteger(prio)) {
		throw new NftComplaint("invalid priority expression value in this context.");
	}
	return { type, hook, prio, policy: "accept" };
}

function hang(chain: FakeChain, wanted: NonNullable<FakeChain["base"]>): void {
	const { base = wanted } = chain;
	const isNew = chain.base === undefined && chain.rules.length === 0;
	if (base.type !== wanted.type || base.hook !== wanted.hook || base.prio !== wanted.prio) {
		throw refused("unsupported");
	}
	if (isNew) {
		chain.base = base;
	}
}

export function readSet(words: NftWords, table: FakeTable): void {
	const name = words.name();
	let type: FakeSet["type"] | undefined;
	let hasIntervals = false;
	let spans: FakeSet["spans"] = [];
	words.block(() => {
		if (words.takes("type")) {
			type = (Object.keys(setKinds) as FakeSet["type"][]).find((one) => words.takes(one));
		} else if (words.takes("flags")) {
			words.expect("interval");
			hasIntervals = true;
		} else {
			words.expect("elements");
			words.expect("=");
			spans = readElements(words, setKinds[type ?? "inet_service"]);
		}
	});
	if (type === undefined) {
		throw new NftComplaint("set definition does not specify key");
	}
	table.sets.set(name, { handle: ++table.lastHandle, type, hasIntervals, spans: settle(spans, "apart") });
}

export function addRules(table: FakeTable, name: string, rules: readonly NftRule[], first = false): void {
	const chain = existing(table.chains, name);
	for (const rule of rules) {
		const target = rule.chain === undefined ? undefined : existing(table.chains, rule.chain);
		for (const set of rule.sets) {
			existing(table.sets, set);
		}
		const isMisplaced = rule.translates && chain.base !== undefined && chain.base.type !== "nat";
		if (isMisplaced || target?.base !== undefined) {
			throw refused("unsupported");
		}
		table.lastHandle += rule.ownSets + 1;
		const made = { ...rule, handle: table.lastHandle };
		chain.rules = first ? [made, ...chain.rules] : [...chain.rules, made];
	}
}
