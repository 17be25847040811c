import fc from "fast-check";
import { expect, it } from "vitest";
import { formatAddress } from "../../src/domain/cidr.ts";
import { explain } from "../../src/explain/explain.ts";
import { flagRules } from "../../src/explain/flags-subject.ts";
import { readPacket } from "../../src/explain/packet.ts";
import { directionOf, type PacketRequest } from "../../src/explain/packet-fields.ts";
import { readPacketWords } from "../../src/explain/packet-words.ts";
import { summarize } from "../../src/explain/summary.ts";
import { initArgs } from "../../src/inject/init-container.ts";
import { parseInjectConfig } from "../../src/inject/parse-config.ts";
import { commentOf, reasonOf } from "../../src/rules/comment.ts";
import { evaluate, type Packet } from "../../src/rules/evaluate.ts";
import { plan } from "../../src/rules/plan.ts";
import { packet, policy } from "../support/arbitraries.ts";

const config = parseInjectConfig({});

it("flags and packet, written and read again, have the fate that the policy gives them", () => {
	fc.assert(
		fc.property(policy, packet, (asked, one) => {
			const rules = config.ok ? flagRules(initArgs(asked, config.value, 0), "test") : config;
			const read = readPacket(requestFor(one));
			if (!rules.ok || !read.ok) {
				throw new Error("what was written is not understood");
			}
			const journey = explain(rules.value.rules, read.value);
			const { fate, trace, decidedBy } = evaluate(plan(asked), read.value.packet);
			expect(journey.fate).toEqual(fate);
			expect(journey.steps.map(({ matched }) => matched === "yes")).toEqual(
				trace.map(({ matched }) => matched),
			);
			expect(journey.steps.filter(({ decides }) => decides)).toHaveLength(decidedBy === undefined ? 0 : 1);
			// Every rule was asked for by somebody, and a redirection names its flag.
			expect(journey.steps.every(({ origin }) => origin !== undefined)).toBe(true);
			expect(journey.sentence).toMatch(
				/^An (in|out)bound .* (goes straight|goes to the proxy on port \d+).*, because .+\.$/,
			);
		}),
		{ numRuns: 400 },
	);
});

it("everything that is said of a packet comes back, and nothing of it is called assumed", () => {
	fc.assert(
		fc.property(packet, (one) => {
			const read = readPacket(requestFor(one));
			expect(read.ok && read.value.packet).toMatchObject(told(one));
			const assumed = read.ok ? read.value.assumed.map(({ field }) => field) : [];
			expect(assumed.filter((field) => field !== "family" && field !== "uid" && field !== "gid")).toEqual([]);
		}),
	);
});

it("words say what flags say", () => {
	fc.assert(
		fc.property(packet, fc.boolean(), (one, isBracketed) => {
			const { direction, to = "", port = "", ...rest } = requestFor(one);
			const isBare = one.family === "ipv4" && !isBracketed;
			const words = readPacketWords([`${direction}`, isBare ? `${to}:${port}` : `[${to}]:${port}`], rest);
			expect(words).toEqual({ ok: true, value: requestFor(one) });
		}),
	);
});

it("the summary has a line for each exemption", () => {
	fc.assert(
		fc.property(policy, (asked) => {
			const rules = config.ok ? flagRules(initArgs(asked, config.value, 0), "test") : config;
			const text = rules.ok ? JSON.stringify(summarize(rules.value.rules)) : "";
			for (const { network, prefix } of [
				...asked.inbound.subnetsToIgnore,
				...asked.outbound.subnetsToIgnore,
			]) {
				expect(text).toContain(` ${network}/${prefix}"`);
			}
			for (const { low, high } of [...asked.inbound.portsToIgnore, ...asked.outbound.portsToIgnore]) {
				expect(text).toContain(low === high ? `${low}` : `${low}-${high}`);
			}
		}),
	);
});

it("every rule's reason can be read back from its comment", () => {
	fc.assert(
		fc.property(policy, (asked) => {
			for (const { reason, conditions } of plan(asked).chains.flatMap(({ rules }) => rules)) {
				expect(reasonOf(commentOf(reason, conditions))).toBe(reason);
			}
		}),
	);
	expect([undefined, "", "ignore-loopback", "proxy-init/other", "x/ignore-loopback"].map(reasonOf)).toEqual(
		Array(5).fill(undefined),
	);
});

function requestFor(one: Packet): PacketRequest {
	const isOutbound = one.hook === "output";
	return {
		direction: directionOf(one.hook),
		protocol: one.protocol,
		from: formatAddress(one.source),
		to: formatAddress(one.destination),
		port: `${one.destinationPort}`,
		interface: one.interface,
		...(isOutbound && one.uid !== undefined ? { uid: `${one.uid}` } : {}),
		...(isOutbound && one.gid !== undefined ? { gid: `${one.gid}` } : {}),
	};
}

function told(one: Packet): Partial<Packet> {
	const { uid, gid, ...rest } = one;
	return one.hook === "output"
		? { ...rest, ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) }
		: rest;
}
