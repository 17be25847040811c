import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** One import in the source, in whichever of its forms: what a wall is judged by. */
export interface ImportArrow {
	/** The file that imports, from the root of the repository. */
	readonly from: string;
	readonly line: number;
	/** What the import says, such as `../domain/port.ts` or `node:fs`. */
	readonly specifier: string;
	/** The file that it leads to, from the root; a package or a module of Node's stays as it is written. */
	readonly to: string;
}

/** Files' texts by path. */
export type Sources = ReadonlyMap<string, string>;

/** The files of a folder whose names end in `.ts`, without tests, which may import what they like. */
export function readSources(root: string, folder: string): Map<string, string> {
	const paths = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
		.filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
		.map((path) => `${folder}/${path}`)
		.sort();
	return new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

export function importArrows(sources: Sources): ImportArrow[] {
	return [...sources].flatMap(([from, text]) =>
		importsOf(text).map(({ specifier, line }) => ({ from, line, specifier, to: target(from, specifier) })),
	);
}

function target(from: string, specifier: string): string {
	return specifier.startsWith(".") ? normalize(join(dirname(from), specifier)) : specifier;
}

/**
 * What a text imports: `import … from`, `export … from`, `import "…"`, `import("…")`, each also as a type. An import that
 * is not written out, `import(name)`, is listed as `(computed)`, since nobody could judge it.
 *
 * No parser, since TypeScript has none any more that is called from JavaScript, and those of the bundlers leave out types;
 * but what stands in strings, comments, templates and regular expressions is passed over as a parser would.
 */
export function importsOf(text: string): { specifier: string; line: number }[] {
	const found: { specifier: string; at: number }[] = [];
	/** For each template whose `${` we are in, how many braces are open there. */
	const holes: number[] = [];
	for (let at = 0; at < text.length; ) {
		const sign = next(text, at);
		if (sign === undefined) {
			break;
		}
		if (isWord(sign.text)) {
			const specifier = text[sign.at - 1] === "." ? undefined : specifierAt(text, sign.at);
			found.push(...(specifier === undefined ? [] : [{ specifier, at: sign.at }]));
		}
		at = behind(text, sign, holes);
	}
	return found.map(({ specifier, at }) => ({ specifier, line: text.slice(0, at).split("\n").length }));
}

interface Sign {
	readonly text: string;
	readonly at: number;
}

function next(text: string, at: number): Sign | undefined {
	signs.lastIndex = at;
	const found = signs.exec(text);
	return found === null ? undefined : { text: found[0], at: found.index };
}

function isWord(sign: string): boolean {
	return sign === "import" || sign === "export";
}

/** Where to read on: behind what begins here, or behind the sign where it begins nothing. */
function behind(text: string, { text: sign, at }: Sign, holes: number[]): number {
	const depth = holes.length - 1;
	if (sign === "`" || (sign === "}" && holes[depth] === 0)) {
		if (sign === "}") {
			holes.pop();
		}
		const end = endOf(templatePart, text, at + 1);
		if (text[end - 1] === "{") {
			holes.push(0);
		}
		return end;
	}
	if (depth >= 0 && (sign === "{" || sign === "}")) {
		holes[depth] = (holes[depth] ?? 0) + (sign === "{" ? 1 : -1);
	}
	const isDivision = sign === "/" && operand.test(text.slice(Math.max(0, at - 80), at));
	const whole = isDivision ? undefined : wholes[sign];
	return whole === undefined ? at + sign.length : endOf(whole, text, at) || at + sign.length;
}

function endOf(pattern: RegExp, text: string, at: number): number {
	pattern.lastIndex = at;
	return pattern.test(text) ? pattern.lastIndex : 0;
}

/** What an import is told apart by, and what hides one. */
const signs = /\/\/|\/\*|["'`/{}]|(?<![\w$])(?:import|export)(?![\w$])/g;

const wholes: Readonly<Record<string, RegExp>> = {
	"//": /[^\n]*/y,
	"/*": /[\s\S]*?\*\//y,
	'"': /"(?:\\[\s\S]|[^"\\\n])*"/y,
	"'": /'(?:\\[\s\S]|[^'\\\n])*'/y,
	"/": /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y,
};

/** A template up to its end or to a `${`. */
const templatePart = /(?:\\[\s\S]|\$(?!\{)|[^`\\$])*(?:`|\$\{|$)/y;

/** Behind these a slash divides; behind anything else it begins a regular expression. */
const operand = /(?:[)\]}"'`]|(?<![\w$])(?!(?:return|typeof|case|in|of|void|yield|await)\s*$)[\w$]+)\s*$/;

const gap = String.raw`(?:\s|//[^\n]*|/\*[\s\S]*?\*/)*`;
const quoted = String.raw`(?:"(?<double>[^"\n]+)"|'(?<single>[^'\n]+)'|${"`"}(?<plain>[^${"`"}$]+)${"`"})`;
const names = String.raw`(?:[\w$\s,{}*]|//[^\n]*|/\*[\s\S]*?\*/|"[^"\n]*")`;
/** In each of its forms; the last is of a call whose argument is no text. */
const statement = new RegExp(
	[
		String.raw`import${gap}(?:\(${gap})?${quoted}`,
		String.raw`import(?![\w$])${names}+?(?<![\w$])from${gap}${quoted}`,
		String.raw`export${gap}(?:type(?![\w$])${gap})?(?:\*${names}*?|\{[^}]*\}${gap})(?<![\w$])from${gap}${quoted}`,
		String.raw`import${gap}(?<computed>\()`,
	]
		.map((form, index) => form.replace(/\(\?<(double|single|plain)>/g, `(?<$1${index}>`))
		.join("|"),
	"y",
);

function specifierAt(text: string, at: number): string | undefined {
	statement.lastIndex = at;
	const groups = statement.exec(text)?.groups;
	const [specifier] = Object.entries(groups ?? {}).flatMap(([name, value]) =>
		name === "computed" || value === undefined ? [] : [value],
	);
	return specifier ?? (groups?.["computed"] === undefined ? undefined : "(computed)");
}
