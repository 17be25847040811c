import type { NftTable } from "./host.ts";
import { listJson, listText } from "./memory-nft-listing.ts";
import { type NftRule, readRule, type TableFamily } from "./memory-nft-rule.ts";
import {
	addRules,
	chainOf,
	existing,
	type FakeTable,
	readChain,
	readSet,
	refuseWhereUsed,
	setKinds,
} from "./memory-nft-table.ts";
import { readElements, settle } from "./memory-nft-value.ts";
import { NftComplaint, NftWords, refused } from "./memory-nft-words.ts";

/**
 * The nf_tables of the fake kernel: what `nft` does to the real one, for the part of its language that our tables and
 * simple ones of others are written in. An input is one transaction: it applies whole or not at all. The contract in
 * `test/contract/nft-contract.ts` holds it against the real one.
 */
export class MemoryNftables {
	#tables: FakeTable[] = [];
	#lastHandle = 0;

	/** What nft says about an input that it does not take, or undefined. */
	apply(input: string): string | undefined {
		const before = structuredClone(this.#tables);
		const words = new NftWords(input);
		try {
			for (words.skipBreaks(); words.next !== ""; words.skipBreaks()) {
				this.#command(words);
				if (!words.isAtBreak) {
					throw words.unexpected();
				}
			}
			return undefined;
		} catch (error) {
			if (!(error instanceof NftComplaint)) {
				throw error;
			}
			this.#tables = before;
			return `/dev/stdin:${words.line}:1-1: Error: ${error.message}`;
		}
	}

	/** `nft -j list ruleset`, or `list table` where one is named, which must exist. */
	listJson(table?: NftTableName): string {
		return listJson(this.#listed(table));
	}

	/** The same without `-j`, with handles. */
	listText(table?: NftTableName): string {
		return listText(this.#listed(table));
	}

	/** What the kernel tells of them without a process. */
	tables(): NftTable[] {
		const families = { ip: "ipv4", ip6: "ipv6", inet: "inet" } as const;
		return this.#tables.map(({ family, name }) => ({ family: families[family], name }));
	}

	has(table: NftTableName): boolean {
		return this.#find(table) !== undefined;
	}

	#listed(table: NftTableName | undefined): readonly FakeTable[] {
		return table === undefined ? this.#tables : [this.#table(table)];
	}

	#command(words: NftWords): void {
		const verb = verbs.has(words.next) ? words.take() : "add";
		const object = words.take();
		if (verb === "flush" && object === "ruleset") {
			this.#tables = [];
			return;
		}
		const run = this.#commands[`${verb === "create" || verb === "insert" ? "add" : verb} ${object}`];
		if (run === undefined) {
			throw words.unexpected();
		}
		const at: NftTableName = { family: familyOf(words), name: words.name() };
		run(words, at, verb);
	}

	readonly #commands: Readonly<Record<string, (words: NftWords, at: NftTableName, verb: string) => void>> = {
		"add table": (words, at, verb) => this.#addTable(words, at, verb === "create"),
		"delete table": (_, at) => {
			const table = this.#table(at);
			this.#tables = this.#tables.filter((one) => one !== table);
		},
		"flush table": (_, at) => {
			for (const chain of this.#table(at).chains.values()) {
				chain.rules = [];
			}
		},
		"add chain": (words, at, verb) => {
			const table = this.#table(at);
			const name = words.name();
			if (verb === "create" && table.chains.has(name)) {
				throw refused("exists");
			}
			chainOf(table, name);
			addRules(table, name, readChain(words, table, name));
		},
		"delete chain": (words, at) => {
			const table = this.#table(at);
			const name = words.name();
			existing(table.chains, name);
			refuseWhereUsed(table, ({ chain }) => chain === name, name);
			table.chains.delete(name);
		},
		"flush chain": (words, at) => {
			existing(this.#table(at).chains, words.name()).rules = [];
		},
		"add rule": (words, at, verb) => {
			const table = this.#table(at);
			const name = words.name();
			existing(table.chains, name);
			addRules(table, name, [readRule(words, table.family)], verb === "insert");
		},
		"delete rule": (words, at) => {
			const chain = existing(this.#table(at).chains, words.name());
			words.expect("handle");
			const handle = Number(words.take());
			if (!chain.rules.some((rule) => rule.handle === handle)) {
				throw refused("missing");
			}
			chain.rules = chain.rules.filter((rule) => rule.handle !== handle);
		},
		"add element": (words, at) => {
			const set = existing(this.#table(at).sets, words.name());
			set.spans = settle([...set.spans, ...readElements(words, setKinds[set.type])], "apart");
		},
		"flush set": (words, at) => {
			existing(this.#table(at).sets, words.name()).spans = [];
		},
		"delete set": (words, at) => {
			const table = this.#table(at);
			const name = words.name();
			existing(table.sets, name);
			refuseWhereUsed(table, ({ sets }) => sets.includes(name));
			table.sets.delete(name);
		},
	};

	#find({ family, name }: NftTableName): FakeTable | undefined {
		return this.#tables.find((table) => table.family === family && table.name === name);
	}

	#table(at: NftTableName): FakeTable {
		const table = this.#find(at);
		if (table === undefined) {
			throw refused("missing");
		}
		return table;
	}

	/** All chains and sets of a block are there before the first rule is, so that rules may lead to what stands below. */
	#addTable(words: NftWords, at: NftTableName, mustBeNew: boolean): void {
		const found = this.#find(at);
		if (found !== undefined && mustBeNew) {
			throw refused("exists");
		}
		const fresh = { chains: new Map(), sets: new Map(), dormant: false, lastHandle: 0 };
		const table: FakeTable = found ?? { ...at, ...fresh, handle: ++this.#lastHandle };
		if (found === undefined) {
			this.#tables.push(table);
		}
		// A table that is named again without its flags loses them.
		table.dormant = false;
		const rules: (readonly [string, readonly NftRule[]])[] = [];
		if (words.next === "{") {
			words.block(() => {
				const statement = words.take();
				if (statement === "chain") {
					const name = words.name();
					chainOf(table, name);
					rules.push([name, readChain(words, table, name)]);
				} else {
					readTableStatement(words, statement, { table, isNew: found === undefined });
				}
			});
		}
		for (const [name, made] of rules) {
			addRules(table, name, made);
		}
	}
}

function readTableStatement(
	words: NftWords,
	statement: string,
	{ table, isNew }: { readonly table: FakeTable; readonly isNew: boolean },
): void {
	switch (statement) {
		case "flags":
			words.expect("dormant");
			table.dormant = true;
			break;
		case "comment": {
			const comment = words.take().slice(1, -1);
			// What is there already keeps what it was made with.
			if (isNew) {
				table.comment = comment;
			}
			break;
		}
		case "set":
			readSet(words, table);
			break;
		default:
			throw new NftComplaint("syntax error, unexpected string");
	}
}

export interface NftTableName {
	readonly family: TableFamily;
	readonly name: string;
}

const verbs: ReadonlySet<string> = new Set(["add", "create", "delete", "flush", "insert"]);

function familyOf(words: NftWords): TableFamily {
	const family = words.take();
	if (family !== "ip" && family !== "ip6" && family !== "inet") {
		throw new NftComplaint("syntax error, unexpected string");
	}
	return family;
}
