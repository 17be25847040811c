/** Where the `items` of an object in JSON can be taken apart. */
export interface Cuts {
	/** Behind the opening bracket. */
	readonly open: number;
	readonly commas: readonly number[];
	/** Before the closing one. */
	readonly close: number;
}

/** Brackets and commas, and what may hold some that are none. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\],'#]/gs;

/** Undefined where there are none, or texts in single quotes or comments, which are not JSON. */
export function jsonCuts(source: string): Cuts | undefined {
	const open = itemsOf(source);
	if (open === undefined) {
		return undefined;
	}
	const commas: number[] = [];
	let depth = 0;
	for (const { at, kind } of tokensOf(source, open)) {
		if (depth === 0 && kind === "]") {
			return { open, commas, close: at };
		}
		if (depth === 0 && kind === ",") {
			commas.push(at);
		}
		depth += depthOf(kind);
	}
	return undefined;
}

function itemsOf(source: string): number | undefined {
	if (!/^\s*\{/.test(source.slice(0, 1000))) {
		return undefined;
	}
	const list = /"items"\s*:\s*\[/y;
	let depth = 0;
	for (const { at, kind } of tokensOf(source, 0)) {
		list.lastIndex = at;
		if (depth === 1 && kind === '"' && list.test(source)) {
			return list.lastIndex;
		}
		depth += depthOf(kind);
	}
	return undefined;
}

function* tokensOf(source: string, from: number): Generator<{ readonly at: number; readonly kind: string }> {
	const pattern = new RegExp(token);
	pattern.lastIndex = from;
	for (let found = pattern.exec(source); found !== null; found = pattern.exec(source)) {
		const kind = found[0].charAt(0);
		if (kind === "'" || kind === "#") {
			return;
		}
		yield { at: found.index, kind };
	}
}

function depthOf(kind: string): number {
	switch (kind) {
		case "{":
		case "[":
			return 1;
		case "}":
		case "]":
			return -1;
		default:
			return 0;
	}
}
