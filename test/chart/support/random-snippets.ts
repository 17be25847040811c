import fc from "fast-check";

/** Operands of every type, some of them wrong for most functions. */
const operands =
	'.Values.s .Values.empty .Values.n .Values.small .Values.f .Values.neg .Values.t .Values.fa .Values.nul .Values.missing .Values.list .Values.strs .Values.nums .Values.map .Values.nested .Values.emptylist .Values.emptymap .Values.multi .Values.uni .Values.ver .Values.long .Values.map.c .Values.map.c.e .Values.nested.a.b.c $.Values.s .Release.Name .Chart.Name .Values 1 2 0 -1 3 1.5 -0.5 10 true false nil "" "a" "hello" "a,b,c" "," "1" "1.5" `a\nb` "%d" "%q" "[a-c]+" "^h(e)l*" "$1-" "1.2.3" ">=1.0" "b64==" "aGk=" "{\\"a\\":1}" "é" "-"'.split(
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
	'(list "a" nil 0)',
	'(dict "a" (dict "b" nil))',
	"(.Values.small | int)",
	"(len .Values.s)",
];
const operand = fc.constantFrom(...operands, ...compounds);

/** How many arguments each function gets: from, to. */
const functions: readonly (readonly [string, number, number])[] = [
	[
		"not len empty deepCopy trim upper toString first last rest uniq int int64 floor toYaml toJson toRawJson b64enc",
		1,
		1,
	],
	["b64dec fromYaml fromJson fromYamlArray fromJsonArray", 1, 1],
	[
		"ne lt le gt ge kindIs trimSuffix trimPrefix contains hasPrefix indent nindent splitList append has join get",
		2,
		2,
	],
	["hasKey regexMatch semverCompare", 2, 2],
	["ternary regexFindAll regexReplaceAll", 3, 3],
	["eq and or index printf default quote squote list without slice concat dict omit merge add", 1, 3],
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
