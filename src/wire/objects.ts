import { attributesIn, be32In, contentOf, type Fields, fieldsIn, stringIn } from "./attributes.ts";
import { type ByteOrder, type Bytes, be32At, textOf, words } from "./bytes.ts";
import type { Told } from "./dump.ts";
import { type Verdict, verdictIn } from "./expression.ts";
import {
	chainField,
	commentUserdata,
	dataField,
	elementField,
	elementFlag,
	elementListField,
	hookField,
	ruleField,
	setField,
	setFlag,
	type TableScope,
	tableDormant,
	tableField,
} from "./nf-tables.ts";

export interface TableObject {
	readonly scope: TableScope | undefined;
	readonly name: string;
	/** Its chains are switched off. */
	readonly isDormant: boolean;
	/** Any of those that nft(8) names, under "TABLES". */
	readonly hasFlags: boolean;
	readonly comment?: string;
}

export interface ChainObject {
	readonly scope: TableScope | undefined;
	readonly table: string;
	readonly name: string;
	/** Only of a base chain. */
	readonly base?: {
		readonly type: string;
		/** NF_INET_* */
		readonly hook: number;
		readonly priority: number;
		/** NF_DROP (0) or NF_ACCEPT. */
		readonly policy: number;
	};
}

export interface RuleObject {
	readonly scope: TableScope | undefined;
	readonly table: string;
	readonly chain: string;
	/** The kernel's number, as eight bytes in network order. */
	readonly handle: Bytes;
	/** The list of its expressions as it came: most rules are known without reading it. */
	readonly expressions: Bytes;
	readonly comment?: string;
}

export interface SetObject {
	readonly scope: TableScope | undefined;
	readonly table: string;
	readonly name: string;
	readonly isInterval: boolean;
	/** Its values are of several parts. */
	readonly isConcatenation: boolean;
	readonly isMap: boolean;
	readonly keyLength: number;
}

export interface ElementObject {
	readonly key: Bytes;
	/** The last value of a range, where the element says it itself. */
	readonly keyEnd: Bytes | undefined;
	/** The first value behind a range. */
	readonly isEnd: boolean;
	readonly isCatchAll: boolean;
	/** Only in verdict maps. */
	readonly verdict: Verdict | undefined;
}

function fieldsOf({ bytes, attributes }: Told, order: ByteOrder): Fields | undefined {
	return fieldsIn(bytes, attributes, words[order]);
}

/** Undefined for what is no table that can be read, and so for the others below. */
export function tableOf(told: Told, order: ByteOrder): TableObject | undefined {
	const fields = fieldsOf(told, order);
	const name = stringIn(told.bytes, fields?.[tableField.name]);
	if (fields === undefined || name === undefined) {
		return undefined;
	}
	const flags = be32In(told.bytes, fields[tableField.flags]) ?? 0;
	return {
		scope: told.scope,
		name,
		isDormant: (flags & tableDormant) !== 0,
		hasFlags: flags !== 0,
		...commentIn(contentOf(told.bytes, fields[tableField.userdata])),
	};
}

export function chainOf(told: Told, order: ByteOrder): ChainObject | undefined {
	const { bytes, scope } = told;
	const fields = fieldsOf(told, order);
	const table = stringIn(bytes, fields?.[chainField.table]);
	const name = stringIn(bytes, fields?.[chainField.name]);
	if (fields === undefined || table === undefined || name === undefined) {
		return undefined;
	}
	const hook = fields[chainField.hook];
	if (hook === undefined) {
		return { scope, table, name };
	}
	const place = fieldsIn(bytes, hook, words[order]);
	const number = be32In(bytes, place?.[hookField.number]);
	const priority = be32In(bytes, place?.[hookField.priority]);
	const policy = be32In(bytes, fields[chainField.policy]);
	const type = stringIn(bytes, fields[chainField.type]);
	return number === undefined || priority === undefined || policy === undefined || type === undefined
		? undefined
		: { scope, table, name, base: { type, hook: number, priority: priority | 0, policy } };
}

/** There may be tens of thousands of rules, which is why whoever reads them all may read names by {@link namesOnce}. */
export function ruleOf(told: Told, order: ByteOrder, nameOf = textOf): RuleObject | undefined {
	const { bytes, scope } = told;
	const fields = fieldsOf(told, order);
	const table = contentOf(bytes, fields?.[ruleField.table]);
	const chain = contentOf(bytes, fields?.[ruleField.chain]);
	const handle = contentOf(bytes, fields?.[ruleField.handle]);
	if (fields === undefined || table === undefined || chain === undefined || handle?.length !== 8) {
		return undefined;
	}
	const expressions = contentOf(bytes, fields[ruleField.expressions]) ?? "";
	const rule = { scope, table: nameOf(table), chain: nameOf(chain), handle, expressions };
	const userdata = fields[ruleField.userdata];
	return userdata === undefined ? rule : { ...rule, ...commentIn(contentOf(bytes, userdata)) };
}

/** Reads names of which each is told many times. */
export function namesOnce(): (name: Bytes) => string {
	const known = new Map<Bytes, string>();
	return (name) => {
		const text = known.get(name) ?? textOf(name);
		known.set(name, text);
		return text;
	};
}

/** A handle as a number, which it is below 2^53. */
export function handleNumber(handle: Bytes): number {
	return be32At(handle, 0) * 0x1_0000_0000 + be32At(handle, 4);
}

/** Userdata is a list of types, lengths and values of a byte, a byte and as many as that says. */
function commentIn(userdata: Bytes | undefined): { comment?: string } {
	for (let at = 0; userdata !== undefined && at + 2 <= userdata.length; ) {
		const length = userdata.charCodeAt(at + 1);
		if (userdata.charCodeAt(at) === commentUserdata) {
			const comment = stringIn(userdata, { start: at + 2, end: Math.min(at + 2 + length, userdata.length) });
			return comment === undefined ? {} : { comment };
		}
		at += 2 + length;
	}
	return {};
}

export function setOf(told: Told, order: ByteOrder): SetObject | undefined {
	const { bytes, scope } = told;
	const fields = fieldsOf(told, order);
	const table = stringIn(bytes, fields?.[setField.table]);
	const name = stringIn(bytes, fields?.[setField.name]);
	const keyLength = be32In(bytes, fields?.[setField.keyLength]);
	if (fields === undefined || table === undefined || name === undefined || keyLength === undefined) {
		return undefined;
	}
	const flags = be32In(bytes, fields[setField.flags]) ?? 0;
	return {
		scope,
		table,
		name,
		isInterval: (flags & setFlag.interval) !== 0,
		isConcatenation: (flags & setFlag.concatenation) !== 0,
		isMap: (flags & setFlag.map) !== 0,
		keyLength,
	};
}

/** The list of elements in one message of a dump, as it came. */
export function elementListOf(told: Told, order: ByteOrder): Bytes {
	return contentOf(told.bytes, fieldsOf(told, order)?.[elementListField.elements]) ?? "";
}

/** The elements of one message of a dump; undefined where one of them cannot be read. */
export function elementsOf(told: Told, order: ByteOrder): ElementObject[] | undefined {
	const list = fieldsOf(told, order)?.[elementListField.elements];
	const spans = list === undefined ? [] : attributesIn(told.bytes, list, words[order]);
	if (spans === undefined) {
		return undefined;
	}
	const elements: ElementObject[] = [];
	for (const span of spans) {
		const element = elementIn(told.bytes, span, order);
		if (element === undefined) {
			return undefined;
		}
		elements.push(element);
	}
	return elements;
}

function elementIn(
	bytes: Bytes,
	span: { start: number; end: number },
	order: ByteOrder,
): ElementObject | undefined {
	const fields = fieldsIn(bytes, span, words[order]);
	if (fields === undefined) {
		return undefined;
	}
	const flags = be32In(bytes, fields[elementField.flags]) ?? 0;
	const isCatchAll = (flags & elementFlag.catchAll) !== 0;
	const value = (field: number) => {
		const data = fields[field];
		const inner = data && fieldsIn(bytes, data, words[order]);
		return contentOf(bytes, inner?.[dataField.value]);
	};
	const key = value(elementField.key);
	const data = fields[elementField.data];
	return key === undefined && !isCatchAll
		? undefined
		: {
				key: key ?? "",
				keyEnd: value(elementField.keyEnd),
				isEnd: (flags & elementFlag.intervalEnd) !== 0,
				isCatchAll,
				verdict: data && verdictIn(bytes, data, words[order]),
			};
}
