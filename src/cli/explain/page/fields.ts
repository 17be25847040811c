import type { Problem } from "../../../domain/problem.ts";
import {
	type Assumption,
	type PacketFieldName,
	type PacketRequest,
	packetFields,
} from "../../../explain/packet-fields.ts";
import { html } from "./dom.ts";

/** The form in which the packet is said. An empty field is assumed, and shows what as. */
export interface Fields {
	readonly element: HTMLElement;
	/** What is said now. */
	read(): PacketRequest;
	/** Shows what is assumed, what is wrong, and which fields say nothing of such a packet. */
	show(state: FieldState): void;
}

export interface FieldState {
	readonly assumed: readonly Assumption[];
	readonly problems: readonly Problem[];
	readonly idle: readonly PacketFieldName[];
}

interface Field {
	readonly name: PacketFieldName;
	readonly element: HTMLElement;
	readonly control: HTMLInputElement | HTMLSelectElement;
	readonly note: HTMLElement;
}

const choices: Readonly<Partial<Record<PacketFieldName, readonly string[]>>> = {
	direction: ["outbound", "inbound"],
	protocol: ["tcp", "udp", "icmp"],
	family: ["", "ipv4", "ipv6"],
};

const titles: Readonly<Record<PacketFieldName, string>> = {
	direction: "Direction",
	protocol: "Protocol",
	family: "Family",
	from: "From address",
	to: "To address",
	port: "Port",
	uid: "User (uid)",
	gid: "Group (gid)",
	interface: "Interface",
};

export function fields(initial: PacketRequest, changed: () => void): Fields {
	const all = packetFields.map(({ name, help }) => field(name, help, initial[name]));
	const element = html(
		"form",
		{ class: "fields card", "aria-label": "The packet" },
		html("h2", {}, "Packet"),
		html("div", { class: "grid" }, ...all.map((one) => one.element)),
	);
	element.addEventListener("input", changed);
	element.addEventListener("submit", (event) => event.preventDefault());
	return {
		element,
		read: () =>
			Object.fromEntries(
				all
					.filter(({ control }) => !control.disabled && control.value.trim() !== "")
					.map(({ name, control }) => [name, control.value.trim()]),
			),
		show: (state) => {
			for (const one of all) {
				showField(one, state);
			}
		},
	};
}

function field(name: PacketFieldName, help: string, initial: string | undefined): Field {
	const id = `field-${name}`;
	const options = choices[name];
	const attributes = { id, name, "aria-describedby": `${id}-note`, title: help };
	const control =
		options === undefined
			? html("input", {
					...attributes,
					type: "text",
					autocomplete: "off",
					spellcheck: "false",
					inputmode: ["port", "uid", "gid"].includes(name) ? "numeric" : undefined,
				})
			: html(
					"select",
					attributes,
					...options.map((option) => html("option", { value: option }, option || "auto")),
				);
	control.value = initial ?? options?.[0] ?? "";
	const note = html("span", { id: `${id}-note`, class: "note" });
	const element = html(
		"div",
		{ class: `field ${name}` },
		html("label", { for: id }, titles[name]),
		control,
		note,
	);
	return { name, element, control, note };
}

function showField({ name, control, note }: Field, { assumed, problems, idle }: FieldState): void {
	const problem = problems.find(({ source }) => source === `--${name}`);
	const assumption = assumed.find(({ field: about }) => about === name);
	control.disabled = idle.includes(name);
	control.toggleAttribute("aria-invalid", false);
	if (problem !== undefined) {
		control.setAttribute("aria-invalid", "true");
	}
	if (control instanceof HTMLInputElement) {
		control.placeholder = idle.includes(name) ? "–" : (assumption?.value ?? "");
	}
	note.textContent =
		problem === undefined ? (assumption?.because ?? "") : `${problem.complaint} (want ${problem.accepted})`;
	note.className = problem === undefined ? "note" : "note wrong";
}
