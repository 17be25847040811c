import type {
	CreateNodeOptions,
	DocumentOptions,
	ParseOptions,
	ScalarTag,
	SchemaOptions,
	Tags,
	ToStringOptions,
} from "yaml";

/**
 * YAML as kubectl reads it (sigs.k8s.io/yaml): version 1.1, where `0644` is octal and `yes` is true, but with dates,
 * times and binary data as the texts that they are written as.
 */
export const readOptions: ParseOptions & DocumentOptions & SchemaOptions = {
	version: "1.1",
	keepSourceTokens: true,
	prettyErrors: true,
	customTags: (tags) => tags.filter(isPlain).map(withDigits),
};

const leftOut = ["binary", "omap", "pairs", "set", "timestamp"].map((name) => `tag:yaml.org,2002:${name}`);

function isPlain(tag: Tags[number]): boolean {
	if (typeof tag === "string") {
		return !leftOut.includes(`tag:yaml.org,2002:${tag}`);
	}
	return !leftOut.includes(tag.tag) && !("format" in tag && tag.format === "TIME");
}

/** The library takes `e1` and `.` for numbers, as YAML 1.1's letter has it; to kubectl they are texts. */
function withDigits(tag: Tags[number]): Tags[number] {
	if (typeof tag === "string" || tag.tag !== "tag:yaml.org,2002:float" || !isScalarTag(tag)) {
		return tag;
	}
	return tag.test?.test(".") === true || tag.test?.test("e1") === true ? { ...tag, test: number } : tag;
}

const number = /^[-+]?(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][-+]?\d+)?$/;

function isScalarTag(tag: Exclude<Tags[number], string>): tag is ScalarTag {
	return "test" in tag;
}

/** Version 1.1, so that a text which that version would take for something else gets its quotes. */
export const writeOptions: DocumentOptions & SchemaOptions & CreateNodeOptions & ToStringOptions = {
	version: "1.1",
	indent: 2,
	// Folding would break arguments and annotations over lines.
	lineWidth: 0,
	aliasDuplicateObjects: false,
};
