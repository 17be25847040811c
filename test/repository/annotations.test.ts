import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import {
	annotationNames,
	type ConfigKeyName,
	configKeys,
	configPrefix,
	injectAnnotation,
	injectedAnnotation,
	linkerdInjectAnnotation,
	redirectAnnotation,
} from "../../src/policy/annotation-keys.ts";
import { directions } from "../../src/policy/condition.ts";
import { type Field, isField, isRest } from "../../src/policy/field.ts";
import { type AnyRow, fields, rows } from "../../src/policy/fields.ts";
import { reasonOfRow } from "../../src/policy/reason.ts";

const intro = `# Annotations

What a pod, or its namespace for all pods in it, can say about its redirection: \`${configPrefix}NAME\`. A pod's word counts
more than its namespace's, and both more than the release's values. A list stands in place of the inherited one; with \`+\`
in front it adds to it. What a name means is one row of \`src/policy/fields.ts\`, of which this page is made. Linkerd's
names (\`config.linkerd.io/NAME\`) mean the same where ours are absent.

Whether a pod is redirected at all, \`${injectAnnotation}\` says: \`enabled\` or \`disabled\` (\`${linkerdInjectAnnotation}\` where
ours is absent). The injector writes two of its own: \`${redirectAnnotation}\`, the policy that it came to, and
\`${injectedAnnotation}\`, what it added to the pod.
`;

const settings = `## Settings

What the injector asks for a pod besides its policy.
`;

function cells(...texts: readonly string[]): string {
	return `| ${texts.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |\n`;
}

const code = (text: string) => `\`${text}\``;

function fieldRow(field: Field): string {
	const { annotation, flag, value, form, default: otherwise, help } = field;
	return cells(
		code(annotation),
		form.placeholder,
		code(`--${flag}`),
		code(value),
		`${otherwise ?? ""}`,
		help,
	);
}

function ruleRow(row: AnyRow): string {
	if (!isField(row)) {
		return cells(code(reasonOfRow(row)), "always");
	}
	return cells(
		code(reasonOfRow(row)),
		isRest(row.rule) ? `${code(row.annotation)}, where no ports are listed` : code(row.annotation),
	);
}

function page(): string {
	const sections = directions.map((direction) => {
		const title = direction === "inbound" ? "Inbound connections" : "Outbound connections";
		return [
			`## ${title}\n\n`,
			cells(
				"annotation",
				"takes",
				"flag of `shunt init`",
				"key of the release's values",
				"default",
				"what it does",
			),
			cells(...Array<string>(6).fill("---")),
			...rows[direction].filter(isField).map(fieldRow),
			"\nThe rules that come of it, in the order in which they are asked:\n\n",
			cells("reason of the rule", "made of"),
			cells("---", "---"),
			...rows[direction].map(ruleRow),
			"\n",
		].join("");
	});
	const ofPolicy = new Set<ConfigKeyName>(fields.map(({ key }) => key));
	const rest = configKeys
		.filter(({ name }) => !ofPolicy.has(name))
		.map(({ name, placeholder, help, linkerd }) =>
			cells(
				code(name),
				placeholder,
				help,
				linkerd === undefined ? "" : annotationNames(name).slice(1).map(code).join(", "),
			),
		);
	const table = [
		cells("annotation", "takes", "what it says", "to Linkerd, where not the same"),
		cells(...Array<string>(4).fill("---")),
		...rest,
	];
	return `${intro}\n${sections.join("")}${settings}\n${table.join("")}`;
}

/** `UPDATE_GOLDEN=1` writes it anew. */
it("the documented annotations are the table's", () => {
	const text = page();
	if (process.env["UPDATE_GOLDEN"] === "1") {
		writeFileSync("docs/annotations.md", text);
	}
	expect(text).toBe(readFileSync("docs/annotations.md", "utf8"));
});
