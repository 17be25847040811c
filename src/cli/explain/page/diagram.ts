import { directionOf } from "../../../explain/packet-fields.ts";
import type { PathView } from "../../../explain/path-view.ts";
import type { Trace } from "../../../explain/trace.ts";
import { arrow, box, label, lines, svg } from "./drawing.ts";
import type { Geometry, Lane } from "./geometry.ts";

/** What the drawing says besides the paths. */
export interface Caption {
	readonly sentence: string;
	/** Below the application: whom it runs as. */
	readonly application: string;
	/** Below the network: the peer. */
	readonly peer: string;
	/** The packet leaves through the loopback interface. */
	readonly staysInPod: boolean;
}

/** Both directions' paths, and the packet's own marked. */
export function diagram(geometry: Geometry, views: readonly PathView[], caption: Caption): SVGSVGElement {
	const { width, height, network, pod, proxy, application } = geometry;
	const isWide = width > height;
	const usesProxy = views.some(({ taken }) => taken?.kind === "redirect");
	return svg(
		"svg",
		{ viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": "diagram-title", class: "diagram" },
		svg("title", { id: "diagram-title" }, `The paths into the pod and out of it. ${caption.sentence}`),
		box(pod, "pod"),
		label(geometry.podLabel, "POD", "zone"),
		box(network, "place"),
		box(application, "place"),
		box(proxy, usesProxy ? "proxy used" : "proxy"),
		...views.flatMap((view) => lane(laneOf(geometry, view), view, caption.staysInPod)),
		...title(network, "Network", caption.peer, isWide),
		...title(application, "Application", caption.application, isWide),
		label(
			{ x: proxy.x + proxy.width / 2, y: isWide ? proxy.y + proxy.height / 2 + 5 : proxy.y + 30 },
			"Proxy",
			"name",
		),
	);
}

function laneOf(geometry: Geometry, { hook }: PathView): Lane {
	return geometry[directionOf(hook)];
}

function title(
	{ x, y, width, height }: Geometry["network"],
	name: string,
	detail: string,
	isWide: boolean,
): SVGTextElement[] {
	const middle = { x: x + width / 2, y: y + height / 2 + (isWide || detail === "" ? 5 : -2) };
	return [
		label(middle, name, "name"),
		...(detail === ""
			? []
			: lines({ x: middle.x, y: middle.y + 17 }, isWide ? breakUp(detail) : [detail], "detail")),
	];
}

/** Long addresses do not fit beside each other. */
function breakUp(text: string): readonly string[] {
	return text.match(/.{1,15}/g) ?? [text];
}

type Fate = Trace["fate"];

/** Paths that the packet did not take come first, so that its own lies on top. */
function lane(at: Lane, view: PathView, staysInPod: boolean): SVGElement[] {
	const { taken, chains, proxyPorts } = view;
	const isLoop = staysInPod && at.loop.length > 0 && taken?.kind === "pass";
	const straight = segmentClass(taken, isLoop ? undefined : "pass");
	const proxied = segmentClass(taken, "redirect");
	const port = portOf(taken, proxyPorts);
	const segments: readonly (readonly [Lane["entry"], string])[] = [
		[at.entry, taken === undefined ? "idle" : (kinds[taken.kind] ?? "idle")],
		[at.straight, straight],
		...(port === undefined
			? []
			: ([
					[at.toProxy, proxied],
					[at.fromProxy, proxied],
				] as const)),
		...(isLoop ? [[at.loop, "pass"] as const] : []),
	];
	return [
		...segments.filter(([, kind]) => kind === "idle").map(([points, kind]) => arrow(points, kind)),
		...segments.filter(([, kind]) => kind !== "idle").map(([points, kind]) => arrow(points, kind)),
		...gate(at, view, chains),
		...(port === undefined ? [] : [label(at.port, port, `port ${proxied}`)]),
		...way(at.straightLabel, "straight through", straight),
		...way(at.proxyLabel, "redirected", port === undefined ? undefined : proxied),
	];
}

function way(at: Lane["straightLabel"], name: string, kind: string | undefined): SVGTextElement[] {
	return at === undefined || kind === undefined ? [] : [label(at, name, `way ${kind}`)];
}

const kinds: Readonly<Partial<Record<Fate["kind"], string>>> = {
	pass: "pass",
	dnat: "pass",
	redirect: "redirect",
	drop: "drop",
	unknown: "unknown",
};

/** Where it may go either way, both ways are marked; where it is dropped, none. */
function segmentClass(taken: Fate | undefined, way: "pass" | "redirect" | undefined): string {
	if (taken === undefined || way === undefined || taken.kind === "drop") {
		return "idle";
	}
	if (taken.kind === "unknown") {
		return "unknown";
	}
	return kinds[taken.kind] === way ? way : "idle";
}

function portOf(taken: Fate | undefined, ports: readonly number[]): string | undefined {
	const shown = taken?.kind === "redirect" ? [taken.port] : ports;
	const texts = shown.slice(0, 2).map((port) => `:${port}`);
	return texts.length === 0 ? undefined : `${texts.join(" ")}${shown.length > 2 ? " …" : ""}`;
}

/** As many chains as fit below the hook's name. */
const room = 4;

function gate({ gate: at }: Lane, { hook, taken }: PathView, chains: PathView["chains"]): SVGElement[] {
	const x = at.x + 14;
	const shown = chains.length > room ? chains.slice(0, room - 1) : chains;
	const rest = chains.length - shown.length;
	const rows = [
		...shown.map(
			({ name, visited }) => [shorten(name, at.width), visited ? "chain visited" : "chain"] as const,
		),
		...(rest > 0 ? [[`and ${rest} more`, "chain"] as const] : []),
		...(chains.length === 0 ? [["no rules", "chain"] as const] : []),
	];
	return [
		box(at, taken === undefined ? "gate" : `gate ${kinds[taken.kind]}`),
		label({ x, y: at.y + 24 }, directionOf(hook).toUpperCase(), "zone"),
		label({ x, y: at.y + 44 }, hook.toUpperCase(), "hook"),
		...rows.map(([name, kind], index) => label({ x, y: at.y + 64 + index * 16 }, name, kind)),
	];
}

/** Names of chains have at most 28 characters to iptables, but any number to nftables. */
function shorten(name: string, width: number): string {
	const most = Math.floor((width - 24) / 6.7);
	return name.length <= most ? name : `${name.slice(0, most - 1)}…`;
}
