import { describe, expect, it } from "vitest";
import { policyFrom } from "../../../test/support/policies.ts";
import { plan } from "../../rules/plan.ts";
import { jumpSpec, ownStateOf, wantedOver, wantedState } from "./own-state.ts";
import { readChains } from "./read.ts";

const wanted = wantedState(plan(policyFrom("-p 4143 -o 4140 -u 2102")), "ipv4");
const jump = jumpSpec("prerouting");

describe("where a jump goes", () => {
	it.each([
		["at the end when there is none", [], undefined],
		["nowhere else when it is there", ["-p udp -j ACCEPT", jump], 2],
		["in the place of the first when it is there twice", ["-p udp -j ACCEPT", jump, jump], 2],
		["one up for each stray jump before it", ["-j PROXY_INIT_REDIRECT", "-p udp -j ACCEPT", jump, jump], 2],
		["past a stray jump behind it", [jump, "-j PROXY_INIT_REDIRECT"], 1],
	])("%s", (_what, rules, position) => {
		const heads = [":PREROUTING ACCEPT [0:0]", ":PROXY_INIT_REDIRECT - [0:0]"];
		const saved = [...heads, ...rules.map((rule) => `-A PREROUTING ${rule}`)];
		const current = ownStateOf(readChains(saved.join("\n")));
		const placed = wantedOver(current, wanted).jumps.find(({ from }) => from === "PREROUTING");
		expect(placed?.position).toBe(position);
	});
});
