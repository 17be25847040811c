import { afterAll, describe, expect, it } from "vitest";
import { type FakeElement, fake, installDocument } from "../../../../test/support/fake-document.ts";
import type { PathView } from "../../../explain/path-view.ts";
import { type Caption, diagram } from "./diagram.ts";
import { narrow, wide } from "./geometry.ts";

afterAll(installDocument());

const caption: Caption = {
	sentence: "It passes.",
	application: "uid 1000",
	peer: "10.0.0.1",
	staysInPod: false,
};
const chains = [{ name: "PROXY_INIT_OUTPUT", visited: true }];
const idle: PathView = { hook: "prerouting", chains: [], proxyPorts: [] };

function draw(view: Partial<PathView>, more: Partial<Caption> = {}, geometry = wide): FakeElement {
	const views = [idle, { hook: "output", chains, proxyPorts: [4140], ...view } satisfies PathView];
	return fake(diagram(geometry, views, { ...caption, ...more }));
}

/** Of every arrow, in the order in which they are drawn: what is drawn last lies on top. */
function arrows(drawn: FakeElement): string[] {
	return drawn.all("g").map((group) => group.attributes.get("class")?.replace("path ", "") ?? "");
}

function texts(drawn: FakeElement, kind: string): string[] {
	return drawn
		.all("text")
		.filter(({ attributes }) => attributes.get("class") === kind)
		.map(({ textContent }) => textContent);
}

describe("the paths of a packet", () => {
	it.each<[what: string, taken: PathView["taken"], expected: string[]]>([
		["none", undefined, ["idle", "idle", "idle", "idle"]],
		["one that passes", { kind: "pass" }, ["idle", "idle", "pass", "pass"]],
		[
			"one that is redirected",
			{ kind: "redirect", port: 4140 },
			["idle", "redirect", "redirect", "redirect"],
		],
		["one that is dropped", { kind: "drop" }, ["idle", "idle", "idle", "drop"]],
	])("are marked: %s", (_, taken, expected) => {
		const drawn = draw(taken === undefined ? {} : { taken });
		expect(arrows(drawn)).toEqual(["idle", "idle", ...expected]);
	});

	it("lead back into the pod where the packet leaves by loopback and is not redirected", () => {
		const passing = draw({ taken: { kind: "pass" } }, { staysInPod: true });
		expect(arrows(passing)).toEqual(["idle", "idle", "idle", "idle", "idle", "pass", "pass"]);
		const redirected = draw({ taken: { kind: "redirect", port: 4140 } }, { staysInPod: true });
		expect(arrows(redirected)).toHaveLength(6);
	});

	it("go by the proxy only where some rule redirects", () => {
		expect(arrows(draw({ proxyPorts: [] }))).toHaveLength(4);
		expect(texts(draw({ proxyPorts: [] }), "port idle")).toEqual([]);
	});

	it.each<[ports: number[], taken: PathView["taken"], shown: string, kind: string]>([
		[[4140], undefined, ":4140", "port idle"],
		[[4140, 4141], undefined, ":4140 :4141", "port idle"],
		[[4140, 4141, 4142], undefined, ":4140 :4141 …", "port idle"],
		[[4140, 4141], { kind: "redirect", port: 4141 }, ":4141", "port redirect"],
	])("name the proxy's ports %j", (proxyPorts, taken, shown, kind) => {
		expect(texts(draw({ proxyPorts, ...(taken === undefined ? {} : { taken }) }), kind)).toEqual([shown]);
	});
});

describe("the places", () => {
	it("mark the proxy where the packet comes to it", () => {
		const kinds = (drawn: FakeElement) => drawn.all("rect").map(({ attributes }) => attributes.get("class"));
		expect(kinds(draw({ taken: { kind: "redirect", port: 4140 } }))).toContain("proxy used");
		expect(kinds(draw({ taken: { kind: "pass" } }))).not.toContain("proxy used");
		expect(kinds(draw({ taken: { kind: "drop" } }))).toContain("gate drop");
	});

	it("name as many chains as there is room for, those that were visited as such", () => {
		const named = (count: number) =>
			Array.from({ length: count }, (_, index) => ({ name: `c${index}`, visited: index === 0 }));
		expect(texts(draw({ chains: named(4) }), "chain visited")).toEqual(["c0"]);
		expect(texts(draw({ chains: named(4) }), "chain")).toEqual(["no rules", "c1", "c2", "c3"]);
		expect(texts(draw({ chains: named(9) }), "chain")).toEqual(["no rules", "c1", "c2", "and 6 more"]);
	});

	it("shorten names that do not fit into their box", () => {
		const name = "a".repeat(60);
		expect(texts(draw({ chains: [{ name, visited: false }] }), "chain").at(-1)).toBe(`${"a".repeat(27)}…`);
		expect(texts(draw({ chains: [{ name, visited: false }] }, {}, narrow), "chain").at(-1)).toBe(
			`${"a".repeat(18)}…`,
		);
	});

	it("break long addresses up where they stand beside each other", () => {
		const peer = "2001:db8:1111:2222:3333:4444:5555:6666";
		expect(texts(draw({}, { peer }), "detail")).toEqual([
			"2001:db8:1111:2",
			"222:3333:4444:5",
			"555:6666",
			"uid 1000",
		]);
		expect(texts(draw({}, { peer }, narrow), "detail")).toEqual([peer, "uid 1000"]);
	});

	it("say for those who do not see it what the drawing shows", () => {
		const [title] = draw({}).all("title");
		expect(title?.textContent).toBe("The paths into the pod and out of it. It passes.");
	});
});
