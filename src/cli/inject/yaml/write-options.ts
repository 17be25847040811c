import type { CreateNodeOptions, DocumentOptions, ScalarTag, SchemaOptions, ToStringOptions } from "yaml";
import { Numeral } from "../../../inject/numeral.ts";

/**
 * Numbers as they were written. What kubectl takes for a number, and the library's YAML 1.1 does not, is also what a text
 * must not look like without quotes.
 */
const numeralTag: ScalarTag = {
	tag: "tag:yaml.org,2002:float",
	default: true,
	identify: (value) => value instanceof Numeral,
	test: /^[-+]?(?:0[bBoOxX]_?[\da-fA-F_]+|(?:\.[\d_]+|\d[\d_]*(?:\.[\d_]*)?)(?:[eE][-+]?[\d_]+)?)$/,
	resolve: (text) => text,
	stringify: ({ value }) => `${value}`,
};

/** Version 1.1, so that a text which that version would take for something else gets its quotes. */
export const writeOptions: DocumentOptions & SchemaOptions & CreateNodeOptions & ToStringOptions = {
	version: "1.1",
	customTags: (tags) => [numeralTag, ...tags],
	indent: 2,
	// Folding would break arguments and annotations over lines.
	lineWidth: 0,
	aliasDuplicateObjects: false,
};
