import fc from "fast-check";

const pieces =
	"a|b: |- |key: value\n|k:\n|  |    |\n|- x\n|'q'|\"d\"|\"e\\n\\u00e9\\x41\"|[a, b]|[]|{}|{a: 1}|{a: [b, 'c']}|# c\n| # c\n|1|true|null|~|x y|- - z\n|- a: b\n|  c: d\n|:|-|#|yes|1.5|0x1F|-1|word|'it''s'| |\n\n|foo:bar|a.b/c|  - i\n|    text\n|  text\n|: |?|? |&x |*x|!!str |!!int |!t |>-|@|[|]|{|}|,|<<: |on: |017|0o17|1_000|2001-01-01|.inf|1e3|=|a: b\n|z: 'multi\n  line'\n|p: plain\n  more\n|é: ü\n|12:30:45\n|08|0b1|+1|-.5";
const lines =
	"a: 1\n|b:\n|  c: x\n|  - y\n|- z\n|  d: {e: f}\n|    g: h\n|  text\n|# cm\n|\n|m: &q {n: 1}\n|o: *q\n|s:\n  <<: *q\n  t: 2\n|u: !!str 5\n|v: 'x'\n|w: >\n|    folded\n|  folded\n|y: yes\n|1: one\n|~: x\n|true: t\n|1.5: f\n|? cx\n|? cy\n: vy\n";
const piece = fc.constantFrom(...pieces.split("|"), "|", "|-", "|+", "|2");
const line = fc.constantFrom(...lines.split("|"), "l: |\n", "l: |-\n", "- |\n");

/** Documents that are nearly YAML. */
export const document: fc.Arbitrary<string> = fc.oneof(
	fc.array(piece, { maxLength: 12 }).map((parts) => parts.join("")),
	fc.array(piece, { maxLength: 10 }).map((parts) => `r: ${parts.join("")}`),
	fc.array(line, { maxLength: 9 }).map((parts) => parts.join("")),
);
