import type { Page } from "playwright-core";

/** A text of the page whose colour is too near to what is behind it. */
export interface LowContrast {
	readonly text: string;
	readonly ratio: number;
}

/**
 * Texts below WCAG 2's contrast for level AA: 4.5 to 1, or 3 to 1 for large ones. Runs in the page, because only it
 * knows its colours. What is behind a text in the drawing is the shape that holds it, so those are looked up by place.
 */
export async function lowContrast(
	page: Page,
): Promise<{ readonly looked: number; readonly low: readonly LowContrast[] }> {
	return page.evaluate(() => {
		type Colour = readonly [number, number, number, number];
		const parse = (text: string): Colour => {
			const [r = 0, g = 0, b = 0, a = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
			return text === "none" ? [0, 0, 0, 0] : [r, g, b, a];
		};
		const luminance = ([r, g, b]: Colour) => {
			const [x = 0, y = 0, z = 0] = [r, g, b]
				.map((channel) => channel / 255)
				.map((channel) => (channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4));
			return 0.2126 * x + 0.7152 * y + 0.0722 * z;
		};
		const shapes = [...document.querySelectorAll("svg rect")];
		const behindInDrawing = (text: Element): Colour | undefined => {
			const at = text.getBoundingClientRect();
			const holds = shapes.filter((shape) => {
				const box = shape.getBoundingClientRect();
				const fill = parse(getComputedStyle(shape).fill);
				return (
					fill[3] > 0 &&
					box.left <= at.left &&
					box.right >= at.right &&
					box.top <= at.top &&
					box.bottom >= at.bottom
				);
			});
			const last = holds.at(-1);
			return last === undefined ? undefined : parse(getComputedStyle(last).fill);
		};
		const behind = (element: Element): Colour => {
			const drawn = element.namespaceURI?.endsWith("svg") ? behindInDrawing(element) : undefined;
			if (drawn !== undefined) {
				return drawn;
			}
			for (let at: Element | null = element; at !== null; at = at.parentElement) {
				const colour = parse(getComputedStyle(at).backgroundColor);
				if (colour[3] === 1) {
					return colour;
				}
			}
			return [255, 255, 255, 1];
		};
		const isText = (element: Element) =>
			[...element.childNodes].some(
				(node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? "").trim() !== "",
			) || element.matches("input, select");
		const elements = [...document.querySelectorAll("main *")].filter(
			(element) =>
				isText(element) &&
				element.matches("title, option") === false &&
				element.getBoundingClientRect().width > 1,
		);
		const low: { text: string; ratio: number }[] = [];
		for (const element of elements) {
			const style = getComputedStyle(element);
			const colour = parse(element.namespaceURI?.endsWith("svg") ? style.fill : style.color);
			const [bright = 0, dark = 0] = [luminance(colour), luminance(behind(element))].sort((a, b) => b - a);
			const ratio = (bright + 0.05) / (dark + 0.05);
			const size = Number.parseFloat(style.fontSize);
			const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
			if (ratio < (isLarge ? 3 : 4.5)) {
				low.push({ text: (element.textContent ?? "").slice(0, 60), ratio });
			}
		}
		return { looked: elements.length, low };
	});
}
