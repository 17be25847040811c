import { CallError } from "../go/call-error.ts";

/** A pattern that RE2 refuses too. */
export class PatternError extends CallError {}

/**
 * RE2's syntax (package regexp) as a pattern for JavaScript. The two mean different things by `.`, `$`, `\s` and many
 * escapes, and JavaScript has look-around and back references, which RE2 refuses. What RE2 can and this cannot is a
 * {@link CallError} that says so.
 */
export function translatePattern(pattern: string): RegExp {
	const translator = new Translator(pattern);
	const source = translator.run();
	try {
		return new RegExp(source, translator.ignoreCase ? "giu" : "gu");
	} catch {
		throw new PatternError(`error parsing regexp: \`${pattern}\``);
	}
}

const classes: Readonly<Record<string, string>> = {
	d: "\\d",
	D: "\\D",
	w: "\\w",
	W: "\\W",
	s: "[\\t\\n\\f\\r ]",
	S: "[^\\t\\n\\f\\r ]",
	b: "\\b",
	B: "\\B",
	A: "(?<![\\s\\S])",
	z: "(?![\\s\\S])",
};
const insideClasses: Readonly<Record<string, string>> = {
	d: "\\d",
	D: "\\D",
	w: "\\w",
	W: "\\W",
	s: "\\t\\n\\f\\r ",
};
const controls: Readonly<Record<string, string>> = {
	a: "\\x07",
	f: "\\f",
	n: "\\n",
	r: "\\r",
	t: "\\t",
	v: "\\v",
};
const posix: Readonly<Record<string, string>> = {
	alnum: "0-9A-Za-z",
	alpha: "A-Za-z",
	ascii: "\\x00-\\x7f",
	blank: "\\t ",
	cntrl: "\\x00-\\x1f\\x7f",
	digit: "0-9",
	graph: "!-~",
	lower: "a-z",
	print: " -~",
	punct: "!-\\/:-@\\[-`\\{-~",
	space: "\\t\\n\\v\\f\\r ",
	upper: "A-Z",
	word: "0-9A-Za-z_",
	xdigit: "0-9A-Fa-f",
};

class Translator {
	readonly #pattern: string;
	#at = 0;
	ignoreCase = false;
	#multiline = false;
	#dotAll = false;

	constructor(pattern: string) {
		this.#pattern = pattern;
	}

	run(): string {
		this.#leadingFlags();
		const parts: string[] = [];
		while (this.#at < this.#pattern.length) {
			parts.push(this.#next());
		}
		return parts.join("");
	}

	#leadingFlags(): void {
		const flags = this.#take(/\(\?([imsU]+)\)/y);
		if (flags === undefined) {
			return;
		}
		if (flags.includes("U")) {
			throw unsupported("the flag U");
		}
		this.ignoreCase = flags.includes("i");
		this.#multiline = flags.slice(2).includes("m");
		this.#dotAll = flags.includes("s");
	}

	#next(): string {
		const char = this.#pattern.charAt(this.#at);
		switch (char) {
			case "\\":
				return this.#escape(classes);
			case "[":
				return this.#class();
			case "(":
				return this.#group();
			case ".":
				this.#at++;
				return this.#dotAll ? "[\\s\\S]" : "[^\\n]";
			case "^":
				this.#at++;
				return this.#multiline ? "(?<=\\n|(?<![\\s\\S]))" : "(?<![\\s\\S])";
			case "$":
				this.#at++;
				return this.#multiline ? "(?=\\n|(?![\\s\\S]))" : "(?![\\s\\S])";
			default:
				return this.#take(/[*+?)|]/y) ?? this.#repetition() ?? this.#literal();
		}
	}

	/** `{2,5}`; a brace that is none stands for itself. */
	#repetition(): string | undefined {
		const found = this.#take(/\{\d+(?:,\d*)?\}/y);
		if (found?.match(/\d+/g)?.some((number) => Number(number) > 1000)) {
			throw new PatternError(`invalid repeat count: \`${found}\``);
		}
		return found;
	}

	#literal(): string {
		const char = String.fromCodePoint(this.#pattern.codePointAt(this.#at) ?? 0);
		this.#at += char.length;
		return literal(char);
	}

	#group(): string {
		const name = this.#take(/\(\?P?<[A-Za-z_]\w*>/y);
		if (name !== undefined) {
			return name.replace("?P<", "?<");
		}
		const open = this.#take(/\((?:\?:)?(?!\?)/y);
		if (open !== undefined) {
			return open;
		}
		if (/^\(\?[imsU-]*[:)]/.test(this.#pattern.slice(this.#at))) {
			throw unsupported("flags inside of a pattern");
		}
		throw new PatternError("invalid or unsupported Perl syntax");
	}

	#escape(letters: Readonly<Record<string, string>>): string {
		const quoted = this.#take(/\\Q[\s\S]*?(?:\\E|$)/y);
		if (quoted !== undefined) {
			return Array.from(quoted.slice(2).replace(/\\E$/, ""), literal).join("");
		}
		const property = this.#take(/\\[pP](?:\{\^?\w+\}|[A-Z])/y);
		if (property !== undefined) {
			return translateProperty(property);
		}
		const code = this.#take(/\\(?:x\{[\dA-Fa-f]{1,8}\}|x[\dA-Fa-f]{2}|0[0-7]{0,2}|[1-7][0-7]{1,2})/y);
		if (code !== undefined) {
			return translateCode(code);
		}
		const char = this.#pattern.charAt(this.#at + 1);
		const translated =
			letters[char] ?? controls[char] ?? (/[!-/:-@[-`{-~]/.test(char) ? literal(char) : undefined);
		if (translated === undefined) {
			throw new PatternError(`invalid escape sequence: \`\\${char}\``);
		}
		this.#at += 2;
		return translated;
	}

	#class(): string {
		const parts: string[] = [this.#take(/\[\^?/y) ?? ""];
		for (let first = true; ; first = false) {
			const char = this.#pattern.charAt(this.#at);
			if (char === "") {
				throw new PatternError("missing closing ]");
			}
			if (char === "]" && !first) {
				this.#at++;
				parts.push("]");
				return parts.join("");
			}
			parts.push(this.#classItem(char, first));
		}
	}

	#classItem(char: string, first: boolean): string {
		const named = this.#take(/\[:\^?\w+:\]/y);
		if (named !== undefined) {
			return translatePosix(named);
		}
		if (char === "\\") {
			return this.#classEscape();
		}
		const next = this.#pattern.charAt(this.#at + 1);
		if (char === "-" && !first && next !== "]") {
			this.#at++;
			return "-";
		}
		return this.#literal();
	}

	#classEscape(): string {
		if (this.#pattern.charAt(this.#at + 1) === "S") {
			throw unsupported("\\S inside of a class");
		}
		return this.#escape(insideClasses);
	}

	#take(pattern: RegExp): string | undefined {
		pattern.lastIndex = this.#at;
		const found = pattern.exec(this.#pattern)?.[0];
		this.#at += found?.length ?? 0;
		return found;
	}
}

function literal(char: string): string {
	return /[\w\s]/.test(char) && char.length === 1 && char < "\u0080"
		? char
		: `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}

function translateCode(code: string): string {
	const hex = /^\\x\{?([\dA-Fa-f]+)/.exec(code)?.[1];
	const point = hex === undefined ? Number.parseInt(code.slice(1), 8) : Number.parseInt(hex, 16);
	return `\\u{${point.toString(16)}}`;
}

/** `\pL`, `\p{Greek}`, `\p{^Lu}`. */
function translateProperty(property: string): string {
	const name = property.slice(2).replace(/[{}^]/g, "");
	const negated = property.startsWith("\\P") !== property.includes("^");
	const known = name.length <= 2 ? name : `Script=${name}`;
	return `\\${negated ? "P" : "p"}{${known}}`;
}

function translatePosix(name: string): string {
	const members = posix[name.replace(/[^a-z]/g, "")];
	if (members === undefined) {
		throw new PatternError(`invalid character class range: \`${name}\``);
	}
	if (name.includes("^")) {
		throw unsupported(`${name} inside of a class`);
	}
	return members;
}

function unsupported(what: string): CallError {
	return new CallError(`regular expressions with ${what} are not supported`);
}
