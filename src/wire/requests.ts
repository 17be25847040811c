import { generalHeaders } from "./batch.ts";
import { type ByteOrder, type Bytes, cString, forEachOrder, words } from "./bytes.ts";
import {
	chainField,
	elementListField,
	flag,
	messageType,
	ruleField,
	setField,
	type TableScope,
	tableField,
} from "./nf-tables.ts";

/** A question to nf_tables; each is one message. */

/** Which numbers answer: the rules of this namespace as they are now. */
export function getGeneration(order: ByteOrder): Bytes {
	return request(order, messageType.getGeneration, { flags: 0 });
}

/** One table by its name: answered with it, or ENOENT. */
export function getTable(scope: TableScope, name: string, order: ByteOrder): Bytes {
	return request(order, messageType.getTable, {
		flags: flag.acknowledge,
		scope,
		names: [[tableField.name, name]],
	});
}

/** One chain by its name: answered with it, or ENOENT, also where there is no such table. */
export function getChain(scope: TableScope, table: string, name: string, order: ByteOrder): Bytes {
	return request(order, messageType.getChain, {
		flags: flag.acknowledge,
		scope,
		names: [
			[chainField.table, table],
			[chainField.name, name],
		],
	});
}

/** All tables of all families. */
export function dumpTables(order: ByteOrder): Bytes {
	return tablesDump(words[order]);
}

const tablesDump = forEachOrder(({ order }) => request(order, messageType.getTable, { flags: flag.dump }));

/** All chains of a family, or of all. */
export function dumpChains(order: ByteOrder, scope?: TableScope): Bytes {
	return request(order, messageType.getChain, { flags: flag.dump, scope });
}

export interface TableName {
	readonly scope: TableScope;
	readonly name: string;
}

/** The rules of a table. Kernels before 3.19 give all of its family: look at each rule's own table. */
export function dumpRules({ scope, name }: TableName, order: ByteOrder): Bytes {
	return request(order, messageType.getRule, { flags: flag.dump, scope, names: [[ruleField.table, name]] });
}

/** The sets and maps of a table, without what they hold. */
export function dumpSets({ scope, name }: TableName, order: ByteOrder): Bytes {
	return request(order, messageType.getSet, { flags: flag.dump, scope, names: [[setField.table, name]] });
}

/** What one set holds. */
export function dumpElements({ scope, name }: TableName, set: string, order: ByteOrder): Bytes {
	return request(order, messageType.getSetElements, {
		flags: flag.dump,
		scope,
		names: [
			[elementListField.table, name],
			[elementListField.set, set],
		],
	});
}

/** NFPROTO_UNSPEC */
const anyFamily = "\0\0\0\0";

interface Question {
	readonly flags: number;
	/** Of all families where it is left out. */
	readonly scope?: TableScope | undefined;
	/** Attributes of names, in the order in which the tools send them. */
	readonly names?: readonly (readonly [field: number, name: string])[];
}

function request(order: ByteOrder, type: number, { flags, scope, names = [] }: Question): Bytes {
	const { attribute, message } = words[order];
	const header = scope === undefined ? anyFamily : generalHeaders[scope];
	const body = names.reduce((before, [field, name]) => before + attribute(field, cString(name)), header);
	return message({ type, flags: flags | flag.request, sequence: 1 }, body);
}
