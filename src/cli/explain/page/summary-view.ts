import type { Section } from "../../../explain/ruleset-summary.ts";
import { html } from "./dom.ts";

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
