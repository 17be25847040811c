import { elementSpans, memberSpan, type Span, skipBlank } from "./json-spans.ts";

/** A file of a runtime's configuration folder, as it was found. */
export type FoundFile =
	| { readonly name: string; readonly text: string }
	/** Why there is no text: `EACCES`, or that it is no UTF-8. */
	| { readonly name: string; readonly unreadable: string };

/** A list of plugins, or one plugin alone, which runtimes take for a list of one. */
export interface Configuration {
	readonly kind: "list" | "single";
	readonly file: string;
	readonly text: string;
	/** The network's; empty where a single plugin's file has none. */
	readonly name: string;
	/** Undefined where it says none. */
	readonly version: string | undefined;
	readonly plugins: readonly Plugin[];
}

export interface Plugin {
	readonly type: string;
	readonly value: Readonly<Record<string, unknown>>;
	/** Where it stands in the text. */
	readonly span: Span;
}

/** A file that a runtime does not take for a configuration, and why. */
export interface Malformed {
	readonly kind: "malformed";
	readonly file: string;
	readonly reason: string;
}

/** What a runtime makes of a file: by its name a list (`.conflist`) or one plugin (`.conf`, `.json`). */
export function parseConfiguration(found: FoundFile): Configuration | Malformed {
	const file = found.name;
	if ("unreadable" in found) {
		return { kind: "malformed", file, reason: found.unreadable };
	}
	try {
		const value: unknown = JSON.parse(found.text);
		const read = file.endsWith(".conflist") ? readList : readSingle;
		return isMap(value) ? read(file, found.text, value) : malformed(file, "it is not a JSON object");
	} catch {
		// The parser's own words quote the text, which may have secrets in it.
		return malformed(file, "it is not JSON");
	}
}

/** NetworkConfFromBytes in libcni/conf.go. */
function readList(file: string, text: string, value: Map): Configuration | Malformed {
	const { name, plugins } = value;
	if (typeof name !== "string") {
		return malformed(file, 'it has no "name"');
	}
	const version = versionOf(value);
	if (version === notAVersion) {
		return malformed(file, 'its "cniVersion" is not a text');
	}
	if (!Array.isArray(plugins) || plugins.length === 0) {
		return malformed(file, 'it has no "plugins"');
	}
	const types = plugins.map(typeOf);
	if (types.includes(undefined)) {
		return malformed(file, 'one of its plugins has no "type"');
	}
	const array = memberSpan(text, skipBlank(text), "plugins");
	const spans = elementSpans(text, array?.start ?? 0);
	return {
		...{ kind: "list", file, text, name, version },
		plugins: spans.map((span, index) => ({
			type: types[index] ?? "",
			value: plugins[index] as Map,
			span,
		})),
	};
}

/** ConfFromFile and ConfListFromConf in libcni/conf.go. */
function readSingle(file: string, text: string, value: Map): Configuration | Malformed {
	const type = typeOf(value);
	const version = versionOf(value);
	if (type === undefined) {
		return malformed(file, 'it has no "type"');
	}
	if (version === notAVersion) {
		return malformed(file, 'its "cniVersion" is not a text');
	}
	const start = skipBlank(text);
	const span = { start, end: text.trimEnd().length };
	const { name } = value;
	return {
		...{ kind: "single", file, text, version },
		name: typeof name === "string" ? name : "",
		plugins: [{ type, value, span }],
	};
}

const notAVersion = Symbol("not a version");

/** The highest of what `cniVersions` lists and `cniVersion` says, since 1.1.0; before that the latter alone. */
function versionOf({ cniVersion, cniVersions }: Map): string | undefined | typeof notAVersion {
	const listed = cniVersions === undefined ? [] : Array.isArray(cniVersions) ? cniVersions : [0];
	const all = cniVersion === undefined ? listed : [...listed, cniVersion];
	if (!all.every((version) => typeof version === "string")) {
		return notAVersion;
	}
	return all
		.filter((version) => version !== "")
		.sort(byVersion)
		.at(-1);
}

function byVersion(one: string, other: string): number {
	return one.localeCompare(other, "en", { numeric: true });
}

type Map = Readonly<Record<string, unknown>>;

function isMap(value: unknown): value is Map {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function typeOf(value: unknown): string | undefined {
	return isMap(value) && typeof value["type"] === "string" && value["type"] !== ""
		? value["type"]
		: undefined;
}

function malformed(file: string, reason: string): Malformed {
	return { kind: "malformed", file, reason };
}
