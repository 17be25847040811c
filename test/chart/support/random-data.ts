import fc from "fast-check";

/** Strings that YAML could take for something else, or that its emitter has to break, quote or fold. */
const texts =
	"a yes no y on true null ~ 1 1.5 1e3 0x1F 017 08 1_000 - a:b a#b #x &a *a !x | > %x @x `x` 'q' \"d\" it's [x] {x} a,b ?x : :x x: --- ... ...x ---- 2001-01-01 2001-1-1 2001-13-01 12:30:45 1:2 -1:30 .5 5. +1 -1 1e400 .inf -.inf .nan << = é ✓ 😀 \u00a0 \u007f \u0001 0b11 0o7 -0 +.5 0.0 1. 0x 1__0 _1 \\ \\n $x n N Y Off oFF TRUE tRUE Null 190:20:30 1e 1e+ e1 0xg 0b2 0o8".split(
		" ",
	);
const awkward = [
	"",
	" ",
	"- a",
	"a: b",
	"a #b",
	"? x",
	"--- a",
	"-- a",
	"- - a",
	"line1\nline2",
	"line\n",
	"line\n\n",
	"\n",
	"\nx",
	" x",
	"x ",
	" x\ny",
	"x\n y",
	"x \ny",
	"\tx",
	"x\ty",
	"a\r\nb",
	"null ",
	"a\\b: c",
	"key: value # comment",
	"{{ x }}",
	"2001-01-01T00:00:00Z",
	"2001-01-01 00:00:00",
	"- ",
	"-\t",
	"a:\tb",
	"a\t#b",
	"a\n#b",
	"a\u2028b",
	"long ".repeat(30),
	"longword".repeat(20),
	`${"word ".repeat(25)}\nsecond`,
	"a: ".repeat(40),
	"quote' ".repeat(20),
	"x  y ".repeat(25),
	"\"dq\" and 'sq' ".repeat(10),
	"é ".repeat(60),
	"😀 ".repeat(40),
];
const piece = fc.constantFrom("a", "b ", "  ", "'", '"', ": ", " #", "\n", "-", "longerword ", "x");

export const text: fc.Arbitrary<string> = fc.oneof(
	{ weight: 4, arbitrary: fc.constantFrom(...texts, ...awkward) },
	{ weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 20 }) },
	{
		weight: 2,
		arbitrary: fc
			.array(fc.constantFrom(...texts, ...awkward), { minLength: 1, maxLength: 4 })
			.map((parts) => parts.join("")),
	},
	{ weight: 1, arbitrary: fc.array(piece, { maxLength: 60 }).map((parts) => parts.join("")) },
);

const number = fc.oneof(
	fc.integer(),
	fc.double({ noNaN: true, noDefaultInfinity: true }),
	fc.constantFrom(
		0,
		1e6,
		1e20,
		1e21,
		1e-6,
		1e-7,
		123_456_789,
		0.1,
		1.5,
		-0.5,
		2 ** 53,
		2 ** 63,
		2 ** 64,
		1e300,
	),
);

const key = fc.oneof(
	text,
	fc.constantFrom(
		"a",
		"b",
		"item1",
		"item10",
		"item2",
		"A",
		"a1",
		"a01",
		"1",
		"10",
		"9",
		"-",
		"_",
		"a-b",
		"a.b",
	),
	fc.constantFrom("k".repeat(129), "k".repeat(128), "x y".repeat(50)),
);

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export const { data } = fc.letrec<{ data: Json }>((tie) => ({
	data: fc.oneof(
		{ maxDepth: 4, depthSize: "small" },
		{ weight: 4, arbitrary: text },
		{ weight: 2, arbitrary: number },
		fc.boolean(),
		fc.constant(null),
		{ weight: 3, arbitrary: fc.array(tie("data"), { maxLength: 4 }) },
		{ weight: 4, arbitrary: fc.dictionary(key, tie("data"), { maxKeys: 5, noNullPrototype: true }) },
	),
}));

/** Helm reads no escaped surrogates, so only what YAML does not allow raw is escaped. */
export function asJson(value: Json): string {
	return JSON.stringify(value).replace(
		/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
		(char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
	);
}
