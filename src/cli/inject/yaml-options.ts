import type {
	CreateNodeOptions,
	DocumentOptions,
	ParseOptions,
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
	customTags: (tags) => tags.filter(isPlain),
};

const leftOut = ["binary", "omap", "pairs", "set", "timestamp"].map((name) => `tag:yaml.org,2002:${name}`);

function isPlain(tag: Tags[number]): boolean {
	if (typeof tag === "string") {
		return !leftOut.includes(`tag:yaml.org,2002:${tag}`);
	}
	return !leftOut.includes(tag.tag) && !("format" in tag && tag.format === "TIME");
}

/** Version 1.1, so that a text which that version would take for something else gets its quotes. */
export const writeOptions: DocumentOptions & SchemaOptions & CreateNodeOptions & ToStringOptions = {
	version: "1.1",
	indent: 2,
	// Folding would break arguments and annotations over lines.
	lineWidth: 0,
	aliasDuplicateObjects: false,
};
