import fc from "fast-check";

/** Operands of every type, some of them wrong for most functions. */
const operands =
	'.Values.s .Values.empty .Values.n .Values.small .Values.f .Values.neg .Values.t .Values.fa .Values.nul .Values.missing .Values.list .Values.strs .Values.nums .Values.map .Values.nested .Values.emptylist .Values.emptymap .Values.multi .Values.uni .Values.ver .Values.long .Values.map.c .Values.map.c.e .Values.nested.a.b.c $.Values.s .Release.Name .Chart.Name .Values .Files 1 2 0 -1 3 1.5 -0.5 10 true false nil "" "a" "hello" "a,b,c" "," "1" "1.5" "0x10" `a\nb` "%d" "%5.2f|" "%q" "[a-c]+" "^h(e)l*" "$1-" "1.2.3" ">=1.0" "b64==" "aGk=" "{\\"a\\":1}" "é" "-"'.split(
		" ",
	);
const compounds = [
	'"x y"',
	'"%v %s"',
	'"a: [1, x]"',
	"(list 1 2 3)",
	"(list)",
	'(dict "a" 1)',
	"(dict)",
	'(splitList "," "a,b")',
	"(int 5)",
	"(int64 7)",
	"(until 3)",
	"(float64 2)",
	'(list "a" nil 0)',
	'(dict "a" (dict "b" nil))',
	"(.Values.small | int)",
	"(len .Values.s)",
	'(split "," "a,b")',
	'(b64dec "/////w==")',
	'(semver "1.2.3-a+b")',
];
const operand = fc.constantFrom(...operands, ...compounds);

/** How many arguments each function gets: from, to. */
const functions: readonly (readonly [string, number, number])[] = [
	[
		"not len empty typeOf kindOf deepCopy trim upper lower title untitle swapcase initials nospace toString",
		1,
		1,
	],
	[
		"first last rest initial reverse compact uniq sortAlpha toStrings until int int64 float64 atoi toDecimal",
		1,
		1,
	],
	[
		"add1 floor ceil toYaml toJson toPrettyJson toRawJson b64enc b64dec regexQuoteMeta base dir clean ext",
		1,
		1,
	],
	[
		"isAbs sha256sum adler32sum duration mustToJson mustFirst mustUniq snakecase kebabcase camelcase add1f",
		1,
		1,
	],
	[
		"ne lt le gt ge kindIs typeIs deepEqual trimAll trimSuffix trimPrefix repeat contains hasPrefix hasSuffix",
		2,
		2,
	],
	[
		"indent nindent trunc abbrev split splitList append push prepend has chunk join get hasKey sub div mod",
		2,
		2,
	],
	["round regexMatch regexFind semverCompare required wrap", 2, 2],
	["ternary replace substr abbrevboth plural splitn untilStep regexFindAll regexReplaceAll", 3, 3],
	["regexReplaceAllLiteral regexSplit wrapWith", 3, 3],
	[
		"eq and or index print printf println html urlquery default coalesce all any quote squote cat list tuple",
		1,
		3,
	],
	["without slice concat seq dict pluck pick omit dig merge mergeOverwrite add mul max min maxf minf", 1, 3],
	["addf subf mulf", 1, 3],
].flatMap(([names, from, to]) =>
	(names as string).split(" ").map((name) => [name, from as number, to as number] as const),
);

const { call } = fc.letrec<{ call: string; argument: string }>((tie) => ({
	argument: fc.oneof(
		{ maxDepth: 2, depthSize: "small" },
		{ weight: 4, arbitrary: operand },
		{ weight: 2, arbitrary: tie("call").map((text) => `(${text})`) },
	),
	call: fc.constantFrom(...functions).chain(([name, minLength, maxLength]) =>
		fc.tuple(fc.array(tie("argument"), { minLength, maxLength }), fc.boolean()).map(([args, piped]) => {
			const last = args.at(-1);
			return piped && args.length > 1
				? `${last} | ${name} ${args.slice(0, -1).join(" ")}`
				: `${name} ${args.join(" ")}`;
		}),
	),
}));

const pipeline = fc
	.tuple(
		call,
		fc.constantFrom(
			"",
			"",
			"",
			" | quote",
			" | toYaml",
			" | toJson",
			" | nindent 2",
			' | default "d"',
			' | printf "%v"',
		),
	)
	.map((parts) => parts.join(""));

/** Calls in calls, and the statements around them. */
export const snippet: fc.Arbitrary<string> = fc.oneof(
	{ weight: 6, arbitrary: pipeline.map((text) => `{{ ${text} }}`) },
	{
		weight: 1,
		arbitrary: fc
			.tuple(pipeline, pipeline, pipeline)
			.map(([a, b, c]) => `{{ if ${a} }}{{ ${b} }}{{ else }}{{ ${c} }}{{ end }}`),
	},
	{
		weight: 1,
		arbitrary: fc
			.tuple(pipeline, pipeline)
			.map(([a, b]) => `{{- with ${a} -}} [{{ . }}] {{- else }} {{ ${b} }} {{- end }}`),
	},
	{
		weight: 1,
		arbitrary: pipeline.map((a) => `{{ range $k, $v := ${a} }}{{ $k }}={{ $v }};{{ else }}none{{ end }}`),
	},
	{
		weight: 1,
		arbitrary: fc
			.tuple(pipeline, pipeline)
			.map(([a, b]) => `{{ $x := ${a} }}{{ $y := ${b} }}{{ eq (toString $x) (toString $y) }}`),
	},
);
