import { Document, visit } from "yaml";
import { resolvePlain } from "../../yaml/plain-scalar.ts";
import { escapeUnit } from "../go/json.ts";
import type { Value } from "../go/value.ts";
import { toPlain } from "../port.ts";

/** To go-yaml they break a line, and to the library they do not. */
const breaks = /[\u0085\u2028\u2029\ufeff]/g;
/** A tab that begins a line, which go-yaml takes for a wrong indentation, and a line break that only quotes keep. */
const fragile = /(?:^|\n) *\t|\r/;
/** What go-yaml does not read, whatever quotes it is in. */
const refused = /[\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;

/**
 * A value as YAML that readers of YAML 1.1 take for the same value: Helm's text is another one. As in Helm, nothing at
 * all for texts that its reader refuses.
 */
export function writeYaml(value: Value): string {
	const document = new Document(toPlain(value), {
		version: "1.1",
		sortMapEntries: true,
		aliasDuplicateObjects: false,
	});
	let isReadable = true;
	visit(document, {
		Scalar: (_, node) => {
			const { value: content } = node;
			if (typeof content !== "string") {
				return;
			}
			isReadable &&= !refused.test(content);
			if (needsQuotes(content)) {
				node.type = "QUOTE_DOUBLE";
			}
		},
	});
	const text = isReadable ? document.toString({ indentSeq: false, lineWidth: 0 }) : "";
	return text.replace(/\n$/, "").replace(breaks, escapeUnit);
}

/** go-yaml takes more texts for something else than the library does, such as 0o17 and 1_0e3. */
function needsQuotes(text: string): boolean {
	return text.search(breaks) >= 0 || fragile.test(text) || resolvePlain(text).kind !== "string";
}
