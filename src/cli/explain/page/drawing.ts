import type { Box, Point } from "./geometry.ts";

/** What a child can be. Texts become text nodes, so that nothing in them is ever markup. */
type Child = Node | string | undefined;

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An HTML element. `true` sets an attribute without a value; `false` and undefined leave it out. */
export function html<Name extends keyof HTMLElementTagNameMap>(
	name: Name,
	attributes: Attributes = {},
	...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
	const element = document.createElement(name);
	fill(element, attributes, children);
	return element;
}

/** The same for SVG. */
export function svg<Name extends keyof SVGElementTagNameMap>(
	name: Name,
	attributes: Attributes = {},
	...children: readonly Child[]
): SVGElementTagNameMap[Name] {
	const element = document.createElementNS("http://www.w3.org/2000/svg", name);
	fill(element, attributes, children);
	return element;
}

function fill(element: Element, attributes: Attributes, children: readonly Child[]): void {
	for (const [name, value] of Object.entries(attributes)) {
		if (value !== undefined && value !== false) {
			element.setAttribute(name, value === true ? "" : `${value}`);
		}
	}
	element.append(...children.filter((child) => child !== undefined));
}

export function box({ x, y, width, height }: Box, kind: string): SVGRectElement {
	return svg("rect", { x, y, width, height, rx: 10, class: kind });
}

export function label({ x, y }: Point, text: string, kind: string): SVGTextElement {
	return svg("text", { x, y, class: kind }, text);
}

export function lines({ x, y }: Point, texts: readonly string[], kind: string): SVGTextElement[] {
	return texts.map((text, index) => label({ x, y: y + index * 14 }, text, kind));
}

/** How long an arrow's head is; its line ends there. */
const head = 9;

/** A line along right angles that ends in an arrow's head. */
export function arrow(points: readonly Point[], kind: string): SVGGElement {
	const [last = { x: 0, y: 0 }, before = last] = [...points].reverse();
	const along = { x: Math.sign(last.x - before.x), y: Math.sign(last.y - before.y) };
	const base = { x: last.x - along.x * head, y: last.y - along.y * head };
	const track = [...points.slice(0, -1), base].map(({ x, y }) => `${x},${y}`).join(" ");
	const wing = (side: number) => `${base.x + along.y * side * 5},${base.y + along.x * side * 5}`;
	return svg(
		"g",
		{ class: `path ${kind}` },
		svg("polyline", { points: track }),
		svg("polygon", { points: `${last.x},${last.y} ${wing(1)} ${wing(-1)}` }),
	);
}
