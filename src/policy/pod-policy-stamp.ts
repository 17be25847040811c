import { type Family, families } from "../domain/family.ts";
import { err, ok, type Result } from "../domain/problem.ts";
import type { Annotations } from "./annotations.ts";
import type { Direction } from "./condition.ts";
import { itemsOf } from "./field.ts";
import { fieldsOf } from "./fields.ts";
import { makePolicy, type RedirectPolicy } from "./redirect-policy.ts";
import { StampReader, stampList } from "./stamp-reader.ts";

/**
 * A policy as JSON, for the annotation that carries it from the injector to whoever programs the pod's rules. What
 * is empty is left out, and of a long list what the pod's annotations say already. The words are those of
 * {@link RedirectPolicy}; the spellings of ports and subnets are those of flags and annotations, because people read it
 * with `kubectl describe`.
 */
export function formatStamp(policy: RedirectPolicy, annotations: Annotations = {}): string {
	return JSON.stringify({
		families: policy.families,
		inbound: stampSection("inbound", policy.inbound, annotations),
		outbound: stampSection("outbound", policy.outbound, annotations),
	});
}

/** JSON.stringify leaves out what is undefined. */
function stampSection(
	direction: Direction,
	policy: Readonly<Record<string, unknown>>,
	annotations: Annotations,
): Record<string, unknown> {
	return Object.fromEntries(
		fieldsOf[direction].map(({ key, field }): [string, unknown] => [
			field.name,
			field.takes === "list"
				? stampList(itemsOf(field, policy), { key, form: field.form }, annotations)
				: policy[field.name],
		]),
	);
}

/**
 * Everything has to be understood: a plugin older than the injector that stamped the pod must not leave out what it
 * does not know. A list may go on in an annotation of the same pod.
 */
export function parseStamp(
	text: string,
	source: string,
	annotationOf: (name: string) => string | undefined = () => undefined,
): Result<RedirectPolicy> {
	const stamp = StampReader.parse(text, source, annotationOf);
	const named = stamp.list("families", { parse: parseFamily, key: String });
	const policy = makePolicy(named, (direction) => {
		const section = stamp.section(direction);
		return ({ field }) => {
			if (field.takes === "list") {
				return section.list(field.name, field.form);
			}
			const read = field.isRequired ? "required" : "optional";
			return section[read](field.name, field.form.parseStamped);
		};
	});
	const problems = stamp.finish();
	if (problems.length === 0 && named.length === 0) {
		problems.push({ source, complaint: "names no address family", accepted: '"families": ["ipv4", "ipv6"]' });
	}
	return problems.length > 0 ? err(...problems) : ok(policy);
}

function parseFamily(text: string, source: string): Result<Family> {
	const family = families.find((candidate) => candidate === text);
	return family !== undefined
		? ok(family)
		: err({ source, value: text, complaint: "is not an address family", accepted: families.join(" or ") });
}
