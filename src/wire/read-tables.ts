import type { Host } from "../host/host.ts";
import { be32In, fieldsIn } from "./attributes.ts";
import { type ByteOrder, type Bytes, words } from "./bytes.ts";
import { type Dump, readDump, readReply, type Told } from "./dump.ts";
import { errno, errnoWords } from "./errno-words.ts";
import type { FilledSet, TableContent } from "./nat-tables.ts";
import { messageType } from "./nf-tables.ts";
import { chainOf, namesOnce, ruleOf, type SetObject, setOf, type TableObject, tableOf } from "./objects.ts";
import {
	dumpChains,
	dumpElements,
	dumpRules,
	dumpSets,
	dumpTables,
	getGeneration,
	type TableName,
} from "./requests.ts";

/** All that reading needs of the outside world. */
export type Asking = Pick<Host, "netlink">;

/** Tables as they were at one moment. */
export interface Snapshot {
	readonly kind: "read";
	/** The number of that moment, which the next change raises: a batch can be bound to it. */
	readonly generation: number;
	readonly tables: readonly TableContent[];
}

/** What could not be read is not absent: nothing is known. */
export interface NotRead {
	readonly kind: "not-read";
	/** As in errno(3), where the kernel said no. */
	readonly errno?: number;
	/** A clause without a full stop. */
	readonly why: string;
}

/** Of which tables the content is wanted; the others are left out. */
export type Wanted = (content: Pick<TableContent, "table" | "chains">) => boolean;

/** Several parts are told one after the other, and what changed in between would not fit together. */
const mostAttempts = 20;

/** Reads tables of nf_tables in this network namespace, again where somebody changed them meanwhile. */
export function readTables(host: Asking, order: ByteOrder, isWanted: Wanted): Snapshot | NotRead {
	for (let attempt = 0; attempt < mostAttempts; attempt++) {
		const reading = new Reading(host, order);
		const snapshot = reading.snapshot(isWanted);
		if (snapshot !== "changed") {
			return snapshot;
		}
	}
	return { kind: "not-read", why: "the rules changed each time they were read" };
}

class ReadProblem extends Error {
	readonly problem: NotRead | "changed";

	constructor(problem: NotRead | "changed") {
		super();
		this.problem = problem;
	}
}

/** One attempt. Its methods throw {@link ReadProblem}. */
class Reading {
	readonly #host: Asking;
	readonly #order: ByteOrder;

	constructor(host: Asking, order: ByteOrder) {
		this.#host = host;
		this.#order = order;
	}

	snapshot(isWanted: Wanted): Snapshot | NotRead | "changed" {
		try {
			const before = this.#generation();
			const tables = this.#tables(isWanted);
			return this.#generation() === before ? { kind: "read", generation: before, tables } : "changed";
		} catch (thrown) {
			if (thrown instanceof ReadProblem) {
				return thrown.problem;
			}
			throw thrown;
		}
	}

	#generation(): number {
		const reply = readReply(this.#ask(getGeneration(this.#order)), messageType.newGeneration, this.#order);
		if (reply.kind === "refused") {
			throw refused(reply.errno);
		}
		const generation = reply.kind === "told" ? this.#numberIn(reply.object, generationNumber) : undefined;
		if (generation === undefined) {
			throw unreadable;
		}
		return generation;
	}

	#numberIn({ bytes, attributes }: Told, field: number): number | undefined {
		return be32In(bytes, fieldsIn(bytes, attributes, words[this.#order])?.[field]);
	}

	#tables(isWanted: Wanted): TableContent[] {
		const tables = this.#objects(dumpTables(this.#order), messageType.newTable, tableOf);
		if (tables.length === 0) {
			return [];
		}
		const chains = this.#objects(dumpChains(this.#order), messageType.newChain, chainOf);
		return tables
			.map((table) => ({
				table,
				chains: chains.filter((chain) => chain.scope === table.scope && chain.table === table.name),
			}))
			.filter((content) => content.table.scope !== undefined && isWanted(content))
			.map((content) => ({ ...content, ...this.#inside(content.table) }));
	}

	#inside(table: TableObject): Pick<TableContent, "rules" | "sets"> {
		const { scope, name } = table;
		if (scope === undefined) {
			return { rules: [], sets: [] };
		}
		const isMine = (object: { scope: unknown; table: string }) =>
			object.scope === scope && object.table === name;
		const at = { scope, name };
		const nameOf = namesOnce();
		const ruleIn = (told: Told, order: ByteOrder) => ruleOf(told, order, nameOf);
		return {
			rules: this.#objects(dumpRules(at, this.#order), messageType.newRule, ruleIn).filter(isMine),
			sets: this.#objects(dumpSets(at, this.#order), messageType.newSet, setOf)
				.filter(isMine)
				.map((set) => this.#filled(at, set)),
		};
	}

	#filled(at: TableName, set: SetObject): FilledSet {
		return { set, told: this.#dump(dumpElements(at, set.name, this.#order), messageType.newSetElements) };
	}

	#objects<T>(request: Bytes, type: number, read: (told: Told, order: ByteOrder) => T | undefined): T[] {
		const objects = this.#dump(request, type).map((told) => read(told, this.#order));
		return objects.map((object) => {
			if (object === undefined) {
				throw unreadable;
			}
			return object;
		});
	}

	#dump(request: Bytes, type: number): readonly Told[] {
		const dump: Dump = readDump(this.#ask(request), type, this.#order);
		switch (dump.kind) {
			case "told":
				return dump.objects;
			case "torn":
				throw new ReadProblem("changed");
			case "refused":
				// A table or a set that was there a moment ago.
				throw dump.errno === errno.notThere ? new ReadProblem("changed") : refused(dump.errno);
			case "unreadable":
				throw unreadable;
		}
	}

	#ask(request: Bytes): readonly Bytes[] {
		const answer = this.#host.netlink(request);
		if ("name" in answer) {
			throw new ReadProblem({
				kind: "not-read",
				errno: answer.number,
				why: `netlink: ${answer.message} (${answer.name})`,
			});
		}
		return answer;
	}
}

const generationNumber = 1; // NFTA_GEN_ID

const unreadable = new ReadProblem({ kind: "not-read", why: "what the kernel told cannot be read" });

function refused(number: number): ReadProblem {
	return new ReadProblem({ kind: "not-read", errno: number, why: `nf_tables: ${errnoWords(number)}` });
}
