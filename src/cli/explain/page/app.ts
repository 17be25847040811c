import { formatAddress } from "../../../domain/cidr.ts";
import { explain } from "../../../explain/explain.ts";
import { readPacket } from "../../../explain/packet.ts";
import type { PacketFieldName, PacketRequest } from "../../../explain/packet-fields.ts";
import type { PagePayload } from "../../../explain/page-html.ts";
import { pathViews } from "../../../explain/path-view.ts";
import { describeFate } from "../../../explain/sentence.ts";
import type { Subject } from "../../../explain/subject.ts";
import type { Trace } from "../../../explain/trace.ts";
import { type Caption, diagram } from "./diagram.ts";
import { html } from "./drawing.ts";
import { fields } from "./fields.ts";
import { narrow, wide } from "./geometry.ts";
import { header, stepList, summaryView } from "./views.ts";

/** Where the diagram has no room to lie on its side. */
const isNarrow = matchMedia("(max-width: 700px)");

/** Builds the page, and keeps it in step with the fields. */
export function mount(root: HTMLElement, { subjects, summaries, packet, version }: PagePayload): void {
	let chosen = 0;
	const notes = html("div", { class: "notes" });
	const verdict = html("p", { class: "sentence", role: "status", "aria-live": "polite", id: "sentence" });
	const badge = html("p", { class: "badge", id: "fate" });
	const drawing = html("div", { class: "drawing card" });
	const steps = html("div");
	const summary = html("div");
	const form = fields(packet, update);
	root.append(
		header(subjects, (index) => {
			chosen = index;
			update();
			showSubject();
		}),
		html(
			"div",
			{ class: "columns" },
			// The answer is first, for those who see the page from top to bottom or hear it; a wide page has the form beside.
			html("div", { class: "answer card" }, badge, verdict),
			form.element,
			drawing,
		),
		notes,
		steps,
		summary,
		html("footer", {}, `Made by shunt ${version}. Nothing on this page leaves it.`),
	);

	function update(): void {
		const subject = subjects[chosen];
		if (subject === undefined) {
			return;
		}
		const request = form.read();
		form.show({ assumed: [], problems: [], idle: idleFields(request) });
		const asked = readPacket(form.read(), subject.sender);
		const journey = asked.ok ? explain(subject.rules, asked.value) : undefined;
		form.show({
			assumed: asked.ok ? asked.value.assumed : [],
			problems: asked.ok ? [] : asked.problems,
			idle: idleFields(request),
		});
		verdict.textContent = journey?.sentence ?? "Something in the packet is not right yet.";
		badge.textContent = badgeOf(journey);
		badge.className = `badge ${lookOf(journey)}`;
		draw(subject, journey);
		steps.replaceChildren(stepList(journey));
	}

	function draw(subject: Subject, journey: Trace | undefined): void {
		const views = pathViews(subject.rules, journey?.asked.packet.family ?? "ipv4", journey);
		drawing.replaceChildren(diagram(isNarrow.matches ? narrow : wide, views, captionFor(journey)));
	}

	function showSubject(): void {
		summary.replaceChildren(summaryView(summaries[chosen] ?? []));
		const { notes: texts = [] } = subjects[chosen] ?? {};
		notes.replaceChildren(...texts.map((text) => html("p", { class: "card" }, `Note: ${text}.`)));
	}

	isNarrow.addEventListener("change", update);
	update();
	showSubject();
}

/** What nobody can say of a packet that arrives, or that has no ports. */
function idleFields({ direction, protocol }: PacketRequest): PacketFieldName[] {
	return [
		...(direction === "inbound" ? (["uid", "gid"] as const) : []),
		...(protocol === "icmp" ? (["port"] as const) : []),
	];
}

/** The colour of what all ways have in common, where the way itself is not known. */
function lookOf(journey: Trace | undefined): string {
	const looks: Partial<Record<Trace["outcome"], string>> = { proxy: "redirect", "past-proxy": "pass" };
	const kind = journey?.fate.kind ?? "unknown";
	return kind === "unknown" ? (looks[journey?.outcome ?? "unknown"] ?? kind) : kind;
}

const commonOutcomes: Readonly<Record<Trace["outcome"], string>> = {
	proxy: "To the proxy",
	"past-proxy": "Past the proxy",
	refused: "Dropped",
	unknown: "May go either way",
};

function badgeOf(journey: Trace | undefined): string {
	if (journey === undefined) {
		return "?";
	}
	const { asked, fate, outcome } = journey;
	switch (fate.kind) {
		case "pass":
			return "Straight through";
		case "redirect":
			return `To port ${fate.port}`;
		case "unknown":
			return commonOutcomes[outcome];
		default:
			return describeFate(asked.packet, fate, outcome);
	}
}

function captionFor(journey: Trace | undefined): Caption {
	if (journey === undefined) {
		return { sentence: "", application: "", peer: "", staysInPod: false };
	}
	const { packet, direction } = journey.asked;
	const peer = direction === "inbound" ? packet.source : packet.destination;
	const port = packet.destinationPort === undefined ? "" : `port ${packet.destinationPort}`;
	const staysInPod = direction === "outbound" && packet.interface === "lo";
	return {
		sentence: journey.sentence,
		application: direction === "inbound" ? port : `uid ${packet.uid}`,
		peer: staysInPod ? "" : formatAddress(peer),
		staysInPod,
	};
}
