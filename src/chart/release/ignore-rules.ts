import { ChartError } from "../result.ts";

/** Whether `.helmignore` leaves a path out. */
export type IgnoreRules = (path: string, isFolder: boolean) => boolean;

interface Rule {
	readonly negated: boolean;
	readonly foldersOnly: boolean;
	readonly matches: (path: string) => boolean;
}

/** `.helmignore`, and one rule that always holds: dot files among the templates are none. */
export function parseIgnoreRules(text: string): IgnoreRules {
	const lines = text.replace(/^\ufeff/, "").split("\n");
	const rules = [...lines, "templates/.?*"]
		.map((line) => line.trim())
		.filter((line) => line !== "" && !line.startsWith("#"));
	const parsed = rules.map(parseRule);
	return (path, isFolder) => isIgnored(parsed, path, isFolder);
}

/** The first rule that decides wins; one with `!` decides against everything that it does not name. */
function isIgnored(rules: readonly Rule[], path: string, isFolder: boolean): boolean {
	for (const rule of rules) {
		const applies = (isFolder || !rule.foldersOnly) && rule.matches(path);
		if (applies !== rule.negated) {
			return true;
		}
	}
	return false;
}

function parseRule(line: string): Rule {
	if (line.includes("**")) {
		throw new ChartError({
			message: "double-star (**) syntax is not supported",
			file: ".helmignore",
			expression: line,
		});
	}
	const negated = line.startsWith("!");
	const foldersOnly = line.endsWith("/");
	const body = line.slice(negated ? 1 : 0, foldersOnly ? -1 : undefined);
	const pattern = compileShellPattern(body.replace(/^\//, ""));
	const whole = body.includes("/");
	return {
		negated,
		foldersOnly,
		matches: (path) => pattern.test(whole ? path : path.slice(path.lastIndexOf("/") + 1)),
	};
}

/** filepath.Match: `*` and `?` stop at slashes, `[a-z]`, `[^a-z]`, and a backslash escapes. */
function compileShellPattern(pattern: string): RegExp {
	const source = pattern.replace(
		/\*|\?|\[\^?(?:\\.|[^\]\\])+\]|\\(.)|[^*?[\\]/gsu,
		(piece, escaped?: string) => {
			if (piece === "*" || piece === "?") {
				return piece === "*" ? "[^/]*" : "[^/]";
			}
			return piece.startsWith("[") ? piece : quoteChar(escaped ?? piece);
		},
	);
	try {
		return new RegExp(`^${source}$`, "su");
	} catch {
		throw new ChartError({ message: "syntax error in pattern", file: ".helmignore", expression: pattern });
	}
}

function quoteChar(char: string): string {
	return /^\w$/.test(char) ? char : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}

/** The paths that are left, folders that are ignored taken out with everything in them. */
export function keptPaths(paths: Iterable<string>, rules: IgnoreRules): string[] {
	return [...paths].filter((path) => {
		const parts = path.split("/");
		const inIgnoredFolder = parts.slice(1).some((_, i) => rules(parts.slice(0, i + 1).join("/"), true));
		return !inIgnoredFolder && !rules(path, false);
	});
}
