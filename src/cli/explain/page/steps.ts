import type { Step, Trace } from "../../../explain/trace.ts";
import { html } from "./dom.ts";

/** The rules that the packet was held against, in order, the deciding one marked. */
export function stepList(journey: Trace | undefined): HTMLElement {
	const steps = journey?.steps ?? [];
	return html(
		"section",
		{ class: "card steps", "aria-labelledby": "steps-title" },
		html("h2", { id: "steps-title" }, "Rules visited"),
		steps.length === 0
			? html("p", { class: "quiet" }, "No rule was visited.")
			: html("ol", {}, ...steps.map((step) => stepItem(step, journey?.fate.kind ?? "pass"))),
	);
}

function stepItem(step: Step, fate: string): HTMLLIElement {
	const { table, chain, position, rule, matched, why, origin, decides, action } = step;
	return html(
		"li",
		{
			class: `step ${decides ? `decides ${fate}` : matched}`,
			...(decides ? { "aria-current": "true" } : {}),
		},
		html("span", { class: "mark" }, decides ? "decides" : marks[matched]),
		html(
			"div",
			{ class: "what" },
			html("span", { class: "where" }, `${table === undefined ? "" : `${table} · `}${chain} ${position}`),
			html("code", {}, rule),
			html(
				"span",
				{ class: "why" },
				`${decides ? `${capital(action)}: ` : ""}${why}`,
				origin === undefined ? undefined : html("span", { class: "origin" }, origin),
			),
		),
	);
}

const marks: Readonly<Record<Step["matched"], string>> = {
	yes: "fits",
	no: "does not fit",
	unknown: "may fit",
};

function capital(text: string): string {
	return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
