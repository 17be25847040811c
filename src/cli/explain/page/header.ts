import type { Subject } from "../../../explain/subject.ts";
import { html } from "./dom.ts";

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
