import { svg } from "./dom.ts";
import type { Box, Point } from "./geometry.ts";

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
