import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderCreation } from "../../src/backend/nftables/render.ts";
import type { Plan } from "../../src/rules/plan.ts";
import { plan } from "../../src/rules/plan.ts";
import * as iptablesNft from "../../src/backend/iptables/nft-batch.ts";
import * as nftables from "../../src/backend/nftables/kernel-batch.ts";
import { namedPolicies } from "../support/named-policies.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { policyFrom } from "../support/policies.ts";
import { restoreInput } from "../support/printed-rules.ts";
import {
	changesIn,
	comparable,
	recordMessages,
	type SentMessage,
	writeMessages,
} from "../support/recorded-messages.ts";

/**
 * What nft 1.0.6 and iptables-nft 1.8.9 sent to the kernel for each policy, as strace(1) saw it. `RECORD_WIRE=1` records
 * it anew, which takes root, strace and these tools.
 */
const folder = new URL("../vectors/wire/", import.meta.url);

const dialects = [
	{
		name: "nftables",
		ours: (wanted: Plan) => nftables.creation(wanted, { counters: false }, { order: "little" }),
		theirs: (netns: Netns, wanted: Plan) =>
			recordMessages(netns, ["nft", "-f", "-"], renderCreation(wanted, { counters: false })),
	},
	{
		name: "nft",
		ours: (wanted: Plan) => iptablesNft.creation(wanted, { order: "little" }),
		theirs: (netns: Netns, wanted: Plan) =>
			wanted.families.flatMap((family) => {
				const program = `${family === "ipv4" ? "iptables" : "ip6tables"}-nft-restore`;
				return recordMessages(netns, [program, "--noflush"], restoreInput(wanted, family));
			}),
	},
];

async function golden(file: string, record: (netns: Netns) => readonly SentMessage[]): Promise<string> {
	const url = new URL(file, folder);
	if (process.env["RECORD_WIRE"] === "1") {
		mkdirSync(folder, { recursive: true });
		writeFileSync(url, writeMessages(comparable(await withNetns("record", record))));
	}
	return readFileSync(url, "utf8");
}

describe.each(dialects)("what is sent in mode $name", ({ name, ours, theirs }) => {
	it.each(Object.entries(namedPolicies))("is what the tools send, byte for byte: %s", async (policy, flags) => {
		const wanted = plan(policyFrom(flags));
		const sent = writeMessages(comparable(changesIn(ours(wanted).bytes)));
		expect(sent).toBe(await golden(`${policy}.${name}.txt`, (netns) => theirs(netns, wanted)));
	});
});
