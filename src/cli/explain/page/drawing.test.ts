import { afterAll, describe, expect, it } from "vitest";
import { fake, installDocument } from "../../../../test/support/fake-document.ts";
import { arrow, box, html, label, lines } from "./drawing.ts";

afterAll(installDocument());

describe("an element", () => {
	it("has the attributes that are said, true ones without a value, and its children in order", () => {
		const element = html(
			"p",
			{ id: "a", hidden: true, lang: undefined, draggable: false, tabindex: 0 },
			"x",
			undefined,
			html("b", {}, "y"),
		);
		expect(`${fake(element)}`).toBe('<p id="a" hidden="" tabindex="0">x<b>y</b></p>');
	});
});

describe("a drawing", () => {
	it("is of boxes and labels", () => {
		expect(`${fake(box({ x: 1, y: 2, width: 3, height: 4 }, "pod"))}`).toBe(
			'<rect x="1" y="2" width="3" height="4" rx="10" class="pod"></rect>',
		);
		expect(`${fake(label({ x: 1, y: 2 }, "<Pod>", "zone"))}`).toBe(
			'<text x="1" y="2" class="zone"><Pod></text>',
		);
	});

	it("writes lines below one another", () => {
		const places = lines({ x: 5, y: 10 }, ["a", "b", "c"], "detail").map((line) =>
			fake(line).attributes.get("y"),
		);
		expect(places).toEqual(["10", "24", "38"]);
	});

	it.each([
		[
			"to the right",
			[
				{ x: 0, y: 50 },
				{ x: 100, y: 50 },
			],
			"0,50 91,50",
			"100,50 91,55 91,45",
		],
		[
			"to the left",
			[
				{ x: 100, y: 50 },
				{ x: 0, y: 50 },
			],
			"100,50 9,50",
			"0,50 9,45 9,55",
		],
		[
			"down",
			[
				{ x: 50, y: 0 },
				{ x: 50, y: 100 },
			],
			"50,0 50,91",
			"50,100 55,91 45,91",
		],
		[
			"up",
			[
				{ x: 50, y: 100 },
				{ x: 50, y: 0 },
			],
			"50,100 50,9",
			"50,0 45,9 55,9",
		],
		[
			"round a corner",
			[
				{ x: 0, y: 0 },
				{ x: 50, y: 0 },
				{ x: 50, y: 100 },
			],
			"0,0 50,0 50,91",
			"50,100 55,91 45,91",
		],
	])(
		"ends a line %s in a head of its direction, whose point is where the line ends",
		(_, points, track, head) => {
			expect(`${fake(arrow(points, "pass"))}`).toBe(
				`<g class="path pass"><polyline points="${track}"></polyline><polygon points="${head}"></polygon></g>`,
			);
		},
	);
});
