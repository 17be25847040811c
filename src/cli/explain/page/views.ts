import type { Section } from "../../../explain/ruleset-summary.ts";
import type { Subject } from "../../../explain/subject.ts";
import type { Step, Trace } from "../../../explain/trace.ts";
import { html } from "./drawing.ts";

/** What the page is about; a choice where there are several. */
export function header(subjects: readonly Subject[], chosen: (index: number) => void): HTMLElement {
	const source = html("p", { class: "quiet", id: "source" });
	const show = (index: number) => {
		source.textContent = subjects[index]?.source ?? "";
	};
	show(0);
	document.title = `${subjects.length === 1 ? subjects[0]?.label : "Rules"} · shunt explain`;
	if (subjects.length === 1) {
		return html(
			"header",
			{},
			html("p", { class: "kicker" }, "shunt explain"),
			html("h1", {}, subjects[0]?.label),
			source,
		);
	}
	const choice = html(
		"select",
		{ id: "subject", "aria-describedby": "source" },
		...subjects.map(({ label }, index) => html("option", { value: index }, label)),
	);
	choice.addEventListener("input", () => {
		show(Number(choice.value));
		chosen(Number(choice.value));
	});
	return html(
		"header",
		{},
		html("p", { class: "kicker" }, "shunt explain"),
		html("h1", {}, `${subjects.length} sets of rules`),
		html("label", { for: "subject" }, "Show"),
		choice,
		source,
	);
}

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

/** Everything that the rules do, whatever the packet. */
export function summaryView(sections: readonly Section[]): HTMLElement {
	return html(
		"section",
		{ class: "card summary", "aria-labelledby": "summary-title" },
		html("h2", { id: "summary-title" }, "The whole policy"),
		...sections.map(sectionView),
	);
}

function sectionView({ title, lead, rows }: Section): HTMLElement {
	return html(
		"div",
		{ class: "part" },
		html("h3", {}, title),
		lead === undefined ? undefined : html("p", { class: "quiet" }, lead),
		rows.length === 0
			? undefined
			: html(
					"table",
					{},
					html(
						"thead",
						{},
						html(
							"tr",
							{},
							...["Connections", "What happens", "Why"].map((head) => html("th", { scope: "col" }, head)),
						),
					),
					html(
						"tbody",
						{},
						...rows.map(({ what, outcome, origin }) =>
							html(
								"tr",
								{},
								html("td", {}, what),
								html("td", { class: "outcome" }, outcome),
								html("td", {}, origin),
							),
						),
					),
				),
	);
}
