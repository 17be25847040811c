/** The words of the template language, as package text/template/parse has them. */
export type TokenKind =
	| "text"
	| "left delimiter"
	| "right delimiter"
	| "space"
	| "identifier"
	| "keyword"
	| "field"
	| "variable"
	| "dot"
	| "bool"
	| "number"
	| "character"
	| "string"
	| "|"
	| "("
	| ")"
	| "="
	| ":="
	| ","
	| "end of file";

export interface Token {
	readonly kind: TokenKind;
	readonly text: string;
	/** Where it begins in the source, in UTF-16 units. */
	readonly offset: number;
}

export const keywords: ReadonlySet<string> = new Set([
	"block",
	"break",
	"continue",
	"define",
	"else",
	"end",
	"if",
	"range",
	"nil",
	"template",
	"with",
]);
