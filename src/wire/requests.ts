import { generalHeaders } from "./batch.ts";
import { type ByteOrder, type Bytes, cString, words } from "./bytes.ts";
import {
	chainField,
	elementListField,
	flag,
	messageType,
	ruleField,
	type TableScope,
	tableField,
} from "./nf-tables.ts";

/** A question to nf_tables; each is one message. */

/** Which numbers answer: the rules of this namespace as they are now. */
export function getGeneration(order: ByteOrder): Bytes {
	return request(messageType.getGeneration, 0, "\0\0\0\0", order);
}

/** One table by its name: answered with it, or ENOENT. */
export function getTable(scope: TableScope, name: string, order: ByteOrder): Bytes {
	const { attribute } = words[order];
	return request(
		messageType.getTable,
		flag.acknowledge,
		generalHeaders[scope] + attribute(tableField.name, cString(name)),
		order,
	);
}

/** One chain by its name: answered with it, or ENOENT, also where there is no such table. */
export function getChain(scope: TableScope, table: string, name: string, order: ByteOrder): Bytes {
	const { attribute } = words[order];
	return request(
		messageType.getChain,
		flag.acknowledge,
		generalHeaders[scope] +
			attribute(chainField.table, cString(table)) +
			attribute(chainField.name, cString(name)),
		order,
	);
}

/** All tables of all families. */
export function dumpTables(order: ByteOrder): Bytes {
	return request(messageType.getTable, flag.dump, anyFamily, order);
}

/** All chains of a family, or of all. */
export function dumpChains(order: ByteOrder, scope?: TableScope): Bytes {
	return request(messageType.getChain, flag.dump, headerOf(scope), order);
}

export interface TableName {
	readonly scope: TableScope;
	readonly name: string;
}

/** The rules of a table. Kernels before 3.19 give all of its family: look at each rule's own table. */
export function dumpRules({ scope, name }: TableName, order: ByteOrder): Bytes {
	const { attribute } = words[order];
	return request(
		messageType.getRule,
		flag.dump,
		generalHeaders[scope] + attribute(ruleField.table, cString(name)),
		order,
	);
}

/** The sets and maps of a table, without what they hold. */
export function dumpSets({ scope, name }: TableName, order: ByteOrder): Bytes {
	const { attribute } = words[order];
	return request(
		messageType.getSet,
		flag.dump,
		generalHeaders[scope] + attribute(tableField.name, cString(name)),
		order,
	);
}

/** What one set holds. */
export function dumpElements({ scope, name }: TableName, set: string, order: ByteOrder): Bytes {
	const { attribute } = words[order];
	return request(
		messageType.getSetElements,
		flag.dump,
		generalHeaders[scope] +
			attribute(elementListField.table, cString(name)) +
			attribute(elementListField.set, cString(set)),
		order,
	);
}

/** NFPROTO_UNSPEC */
const anyFamily = "\0\0\0\0";

function headerOf(scope: TableScope | undefined): Bytes {
	return scope === undefined ? anyFamily : generalHeaders[scope];
}

function request(type: number, flags: number, body: Bytes, order: ByteOrder): Bytes {
	return words[order].message({ type, flags: flags | flag.request, sequence: 1 }, body);
}
