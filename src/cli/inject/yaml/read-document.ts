import { type Reading, readByLibrary } from "./library-reader.ts";
import { readQuickly } from "./quick-reader.ts";

/** One document of a stream: quickly where it is written as most are. */
export function readDocument(source: string): Reading {
	const quick = readQuickly(source);
	return quick === undefined ? readByLibrary(source) : { ok: true, root: quick.root };
}
