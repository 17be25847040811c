/** Curves over a logarithmic axis of counts. */
export interface Panel {
	readonly title: string;
	/** Of the vertical axis. */
	readonly unit: string;
	/** Decades reach as far as the values do. */
	readonly scale?:
		| { readonly kind: "linear"; readonly from: number; readonly to: number }
		| { readonly kind: "decades" };
	readonly curves: readonly Curve[];
}

export interface Curve {
	readonly name: string;
	readonly points: readonly { readonly x: number; readonly y: number }[];
}

const size = { width: 440, height: 300, left: 64, right: 84, top: 44, bottom: 44 };
const columns = 2;

/** Panels, two in a row, as an SVG that follows the reader's light or dark setting. */
export function plot(panels: readonly Panel[]): string {
	const rows = Math.ceil(panels.length / columns);
	const [width, height] = [columns * size.width, rows * size.height];
	const drawn = panels.map((panel, index) => {
		const [x, y] = [(index % columns) * size.width, Math.floor(index / columns) * size.height];
		return `<g transform="translate(${x} ${y})">\n${drawPanel(panel)}\n</g>`;
	});
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
		`<title>${escapeXml(panels.map(({ title }) => title).join("; "))}</title>`,
		style,
		...drawn,
		"</svg>\n",
	].join("\n");
}

const style = `<style>
svg { background: #fff; font: 12px system-ui, sans-serif; }
text { fill: #333; } .heading { font-weight: 600; font-size: 13px; }
.grid { stroke: #ddd; } path { fill: none; stroke-width: 2; }
.c0 { stroke: #b3541e; fill: #b3541e; } .c1 { stroke: #6a4fb3; fill: #6a4fb3; } .c2 { stroke: #1a7f5a; fill: #1a7f5a; }
path.c0, path.c1, path.c2 { fill: none; } text.c0, text.c1, text.c2 { stroke: none; }
@media (prefers-color-scheme: dark) {
svg { background: #16181d; } text { fill: #ddd; } .grid { stroke: #3a3f48; }
.c0 { stroke: #f0955c; fill: #f0955c; } .c1 { stroke: #b09cf5; fill: #b09cf5; } .c2 { stroke: #5fd0a5; fill: #5fd0a5; }
}
</style>`;

function drawPanel({ title, unit, scale = { kind: "decades" }, curves }: Panel): string {
	const xs = [...new Set(curves.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
	const ys = curves.flatMap(({ points }) => points.map(({ y }) => y)).filter(Number.isFinite);
	const right = size.width - size.right;
	const floor = size.height - size.bottom;
	const toX = logarithmic(xs.at(0) ?? 1, xs.at(-1) ?? 10, size.left, right);
	const { ticks, toY } = verticalAxis(scale, ys, floor);
	return [
		`<text class="heading" x="${size.left}" y="18">${escapeXml(title)}</text>`,
		`<text x="${size.left}" y="34">${escapeXml(unit)}</text>`,
		...ticks.flatMap((tick) => [
			`<path class="grid" d="M${size.left} ${round(toY(tick))}H${right}"/>`,
			`<text x="${size.left - 8}" y="${round(toY(tick) + 4)}" text-anchor="end">${tick.toLocaleString("en")}</text>`,
		]),
		...xs.map(
			(x) =>
				`<text x="${round(toX(x))}" y="${floor + 20}" text-anchor="middle">${x.toLocaleString("en")}</text>`,
		),
		...curves.flatMap((curve, index) => drawCurve(curve, index, { toX, toY })),
		...labels(curves, toY, right),
	].join("\n");
}

interface Axes {
	readonly toX: (x: number) => number;
	readonly toY: (y: number) => number;
}

function drawCurve({ points }: Curve, index: number, { toX, toY }: Axes): string[] {
	const places = points
		.filter(({ y }) => Number.isFinite(y))
		.map(({ x, y }) => ({ x: round(toX(x)), y: round(toY(y)) }));
	return [
		`<path class="c${index}" d="M${places.map(({ x, y }) => `${x} ${y}`).join("L")}"/>`,
		...places.map(({ x, y }) => `<circle class="c${index}" cx="${x}" cy="${y}" r="3"/>`),
	];
}

/** Behind each curve's end its name, far enough from the next one's to be read. */
function labels(curves: readonly Curve[], toY: (y: number) => number, right: number): string[] {
	const wanted = curves
		.map(({ name, points }, index) => ({ name, index, y: toY(points.at(-1)?.y ?? 0) }))
		.sort((a, b) => a.y - b.y);
	let last = Number.NEGATIVE_INFINITY;
	return wanted.map(({ name, index, y }) => {
		last = Math.max(y, last + 14);
		return `<text class="c${index}" x="${right + 8}" y="${round(last + 4)}">${escapeXml(name)}</text>`;
	});
}

function verticalAxis(scale: NonNullable<Panel["scale"]>, values: readonly number[], floor: number) {
	if (scale.kind === "linear") {
		const { from, to } = scale;
		const ticks = Array.from({ length: Math.floor((to - from) / 25) + 1 }, (_, index) => from + 25 * index);
		return { ticks, toY: (y: number) => floor - ((y - from) / (to - from)) * (floor - size.top) };
	}
	const low = Math.floor(Math.log10(Math.min(...values)));
	const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
	const ticks = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
	return { ticks, toY: logarithmic(10 ** low, 10 ** high, floor, size.top) };
}

function logarithmic(from: number, to: number, start: number, end: number): (value: number) => number {
	return (value) => start + (Math.log(value / from) / Math.log(to / from)) * (end - start);
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
