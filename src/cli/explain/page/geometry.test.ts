import { describe, expect, it } from "vitest";
import { type Box, type Geometry, type Lane, narrow, type Point, wide } from "./geometry.ts";

const lanes = ({ inbound, outbound }: Geometry): readonly Lane[] => [inbound, outbound];
const paths = ({ entry, straight, toProxy, fromProxy, loop }: Lane) =>
	[entry, straight, toProxy, fromProxy, loop].filter((points) => points.length > 0);
const boxes = (geometry: Geometry): readonly Box[] => [
	...[geometry.network, geometry.pod, geometry.proxy, geometry.application],
	...lanes(geometry).map(({ gate }) => gate),
];

function isWithin(inner: Box, outer: Box): boolean {
	return (
		inner.x >= outer.x &&
		inner.y >= outer.y &&
		inner.x + inner.width <= outer.x + outer.width &&
		inner.y + inner.height <= outer.y + outer.height
	);
}

function overlap(a: Box, b: Box): boolean {
	return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** On its outline, where a line can begin or end. */
function touches({ x, y }: Point, box: Box): boolean {
	const isBeside = y >= box.y && y <= box.y + box.height;
	const isAbove = x >= box.x && x <= box.x + box.width;
	return (
		(isBeside && (x === box.x || x === box.x + box.width)) ||
		(isAbove && (y === box.y || y === box.y + box.height))
	);
}

function contains({ x, y, width, height }: Box, point: Point): boolean {
	return point.x > x && point.x < x + width && point.y > y && point.y < y + height;
}

const ends = (points: readonly Point[]) => [points[0], points.at(-1)] as [Point, Point];

describe.each([
	["wide", wide],
	["narrow", narrow],
])("the %s drawing", (_, geometry) => {
	const { pod, proxy, application, network, inbound, outbound } = geometry;

	it("has everything on its canvas, and in the pod what is in the pod", () => {
		const canvas: Box = { x: 0, y: 0, width: geometry.width, height: geometry.height };
		for (const box of boxes(geometry)) {
			expect(isWithin(box, canvas)).toBe(true);
		}
		for (const box of [proxy, application, inbound.gate, outbound.gate]) {
			expect(isWithin(box, pod)).toBe(true);
		}
		expect(overlap(network, pod)).toBe(false);
		expect(contains(pod, geometry.podLabel)).toBe(true);
	});

	it("has nothing on top of anything else in the pod", () => {
		const inside = [proxy, application, inbound.gate, outbound.gate];
		for (const [index, box] of inside.entries()) {
			for (const other of inside.slice(index + 1)) {
				expect(overlap(box, other)).toBe(false);
			}
		}
	});

	it("has lines along right angles alone", () => {
		for (const points of lanes(geometry).flatMap(paths)) {
			for (const [index, { x, y }] of points.entries()) {
				const next = points[index + 1];
				expect(next === undefined || (next.x === x) !== (next.y === y)).toBe(true);
			}
		}
	});

	it("leads from the network to the application, and back, through the gate and by the proxy", () => {
		const ways = [
			{ lane: inbound, from: network, to: application },
			{ lane: outbound, from: application, to: network },
		];
		for (const { lane, from, to } of ways) {
			for (const [points, begin, end] of [
				[lane.entry, from, lane.gate],
				[lane.straight, lane.gate, to],
				[lane.toProxy, lane.gate, proxy],
				[lane.fromProxy, proxy, to],
			] as const) {
				const [first, last] = ends(points);
				expect([touches(first, begin), touches(last, end)]).toEqual([true, true]);
			}
			expect(contains(proxy, lane.port)).toBe(true);
		}
	});

	it("leads back to the application what leaves by loopback, and nothing that comes in", () => {
		const [first, last] = ends(outbound.loop);
		expect(touches(first, outbound.gate)).toBe(true);
		expect(touches(last, application)).toBe(true);
		expect(inbound.loop).toEqual([]);
	});

	it("has no line through a box", () => {
		const solid = [proxy, application, inbound.gate, outbound.gate];
		for (const points of lanes(geometry).flatMap(paths)) {
			for (const [index, from] of points.slice(0, -1).entries()) {
				const to = points[index + 1] ?? from;
				for (const step of [0.25, 0.5, 0.75]) {
					const point = { x: from.x + (to.x - from.x) * step, y: from.y + (to.y - from.y) * step };
					expect(solid.filter((box) => contains(box, point))).toEqual([]);
				}
			}
		}
	});
});

it("names the two ways where there is room, in the wide drawing alone", () => {
	expect(lanes(wide).every(({ straightLabel, proxyLabel }) => straightLabel && proxyLabel)).toBe(true);
	expect(lanes(narrow).some(({ straightLabel, proxyLabel }) => straightLabel ?? proxyLabel)).toBe(false);
});
