import type { Problem } from "../domain/problem.ts";
import { redirectAnnotation } from "../policy/annotation-keys.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import { stampReferences, stampVariable } from "../policy/stamp-reader.ts";
import { annotationsOf, type JsonObject, textAt } from "./json.ts";
import type { Redirection } from "./redirection.ts";

/** Of all annotations of an object together, names included (TotalAnnotationSizeLimitB in apimachinery). */
const maxAnnotations = 256 * 1024;

/** Of one argument or variable of a program, with the byte that ends it (MAX_ARG_STRLEN in Linux' binfmts.h). */
const maxArgument = 32 * 4096;

/** Of a variable of ours, generously. */
const longestName = 1000;

/** Far fewer items than a stamp needs to come anywhere near a limit: the longest, an IPv6 subnet, has 43 characters. */
const fewItems = 500;

/** Whether a pod could become too long for anything: by the lists of its policy, or by what its annotations say already. */
export function mayBeTooLong(pod: JsonObject, { inbound, outbound }: RedirectPolicy): boolean {
	const lists = [...Object.values(inbound), ...Object.values(outbound)].filter(Array.isArray);
	return sum(lists.map((list) => list.length)) > fewItems || !isSurelyShort(textsOf(annotationsOf(pod)));
}

function textsOf(annotations: JsonObject): string[] {
	return Object.keys(annotations).flatMap((name) => [name, textAt(annotations, name) ?? ""]);
}

/** As nearly all are: a unit of UTF-16 has three bytes at most. */
function isSurelyShort(texts: readonly string[]): boolean {
	return sum(texts.map((text) => text.length)) * 3 < maxArgument - longestName;
}

/** Whether an injected pod is one that the API server takes and a kernel starts. */
export function sizeProblems(pod: JsonObject, redirection: Redirection): Problem[] {
	const annotations = annotationsOf(pod);
	const texts = textsOf(annotations);
	if (isSurelyShort(texts)) {
		return [];
	}
	const bytes = sum(texts.map(utf8Length));
	const stamp = textAt(annotations, redirectAnnotation) ?? "";
	return [
		...(bytes > maxAnnotations
			? [
					{
						source: "metadata.annotations",
						complaint: `would have ${bytes} bytes with the policy's stamp (${utf8Length(stamp)})`,
						accepted: `at most ${maxAnnotations}, which is all that Kubernetes takes: shorter lists, or ranges of ports such as 8000-8999`,
					},
				]
			: []),
		...variableProblems(pod, redirection, stamp),
	];
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, number) => total + number, 0);
}

/** The validator is given the stamp, and what it refers to, as variables. */
function variableProblems(pod: JsonObject, { config }: Redirection, stamp: string): Problem[] {
	const annotations = annotationsOf(pod);
	const variables: [annotation: string, variable: string][] = [
		[redirectAnnotation, "SHUNT_REDIRECT"],
		...stampReferences(stamp).map((name): [string, string] => [name, stampVariable(name)]),
	];
	return !config.cniEnabled || !config.validator.enabled
		? []
		: variables.flatMap(([annotation, variable]) => {
				const bytes = utf8Length(textAt(annotations, annotation) ?? "");
				return bytes + variable.length + "=\0".length <= maxArgument
					? []
					: [
							{
								source: `annotation ${annotation}`,
								complaint: `has ${bytes} bytes, and the validator could not be started with it`,
								accepted: `at most ${maxArgument - variable.length - "=\0".length}: shorter lists, or ranges of ports such as 8000-8999`,
							},
						];
			});
}

/** How many bytes a text has in UTF-8; there is no TextEncoder in the native program. */
export function utf8Length(text: string): number {
	let length = 0;
	for (const character of text) {
		const point = character.codePointAt(0) ?? 0;
		length += point > 0xffff ? 4 : point > 0x7ff ? 3 : point > 0x7f ? 2 : 1;
	}
	return length;
}
