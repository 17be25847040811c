import { afterAll, describe, expect, it } from "vitest";
import { fake, installDocument } from "../../../../test/support/fake-document.ts";
import type { Step, Trace } from "../../../explain/trace.ts";
import { stepList, summaryView } from "./views.ts";

afterAll(installDocument());

const step: Step = {
	chain: "OUTPUT",
	position: 2,
	rule: "-o lo -j RETURN",
	matched: "no",
	action: "leaves",
	decides: false,
	why: "loopback is left alone",
};

function items(steps: readonly Step[], fate: Trace["fate"] = { kind: "pass" }) {
	const journey: Pick<Trace, "steps" | "fate"> = { steps, fate };
	return fake(stepList(journey as Trace)).all("li");
}

describe("the rules that were visited", () => {
	it("stand in order, each with how it was met and where it stands", () => {
		const found = items([step, { ...step, table: "nft ip nat", matched: "unknown", position: 3 }]);
		expect(found.map(({ attributes }) => attributes.get("class"))).toEqual(["step no", "step unknown"]);
		expect(found.map(({ textContent }) => textContent)).toEqual([
			"does not fitOUTPUT 2-o lo -j RETURNloopback is left alone",
			"may fitnft ip nat · OUTPUT 3-o lo -j RETURNloopback is left alone",
		]);
	});

	it("mark the one that decides, by what it decides, and say where it comes from", () => {
		const deciding: Step = { ...step, matched: "yes", decides: true, origin: "flag -u" };
		const [item] = items([deciding], { kind: "redirect", port: 4140 });
		expect(item?.attributes.get("class")).toBe("step decides redirect");
		expect(item?.attributes.get("aria-current")).toBe("true");
		expect(item?.textContent).toBe("decidesOUTPUT 2-o lo -j RETURNLeaves: loopback is left aloneflag -u");
	});

	it("are none where there are none", () => {
		expect(fake(stepList(undefined)).textContent).toBe("Rules visitedNo rule was visited.");
		expect(items([])).toEqual([]);
	});
});

describe("the whole policy", () => {
	it("is a table for each part that has rows, and a sentence where there is one", () => {
		const view = fake(
			summaryView([
				{ title: "Inbound", lead: "First.", rows: [{ what: "tcp", outcome: "to 4143", origin: "flag -p" }] },
				{ title: "Outbound", rows: [] },
			]),
		);
		expect(view.all("h3").map(({ textContent }) => textContent)).toEqual(["Inbound", "Outbound"]);
		expect(view.all("p").map(({ textContent }) => textContent)).toEqual(["First."]);
		expect(view.all("table")).toHaveLength(1);
		expect(view.all("td").map(({ textContent }) => textContent)).toEqual(["tcp", "to 4143", "flag -p"]);
	});
});
