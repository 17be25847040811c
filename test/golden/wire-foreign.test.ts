import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { FoundRule } from "../../src/rules/rule.ts";
import type { NatTable } from "../../src/rules/ruleset.ts";
import { natTable, steers } from "../../src/wire/nat-tables.ts";
import { readTables } from "../../src/wire/read-tables.ts";
import { netlinkInside } from "../support/netlink-inside.ts";
import { withNetns } from "../support/netns.ts";
import { foreignRecording, recording, replaying } from "../support/replayed-netlink.ts";

/**
 * Rules of others as Linux 6.18 told them, and how they are read. `RECORD_WIRE=1` asks the kernel anew (as root, with nft
 * and iptables-nft), `UPDATE_GOLDEN=1` writes what was read anew.
 */
const vectors = new URL("../vectors/wire/", import.meta.url);
const order = "little";

async function tables(): Promise<NatTable[]> {
	if (process.env["RECORD_WIRE"] === "1") {
		await withNetns("record", (netns) => {
			netns.run("nft", ["-f", "-"], readFileSync(new URL("foreign.nft", vectors), "utf8"));
			netns.run("iptables-nft-restore", [], readFileSync(new URL("foreign.rules", vectors), "utf8"));
			const { host, recorded } = recording(netlinkInside(netns));
			readTables(host, order, steers);
			writeFileSync(new URL("foreign.json", vectors), `${JSON.stringify(recorded, undefined, "\t")}\n`);
		});
	}
	const snapshot = readTables(replaying(foreignRecording()), order, steers);
	expect(snapshot.kind).toBe("read");
	return snapshot.kind === "read" ? snapshot.tables.map((content) => natTable(content, order)!) : [];
}

describe("rules of others", () => {
	it("are read as they are written down, and what is not understood says so", async () => {
		const text = (await tables()).map(spellTable).join("\n");
		const file = new URL("foreign.txt", vectors);
		if (process.env["UPDATE_GOLDEN"] === "1") {
			writeFileSync(file, text);
		}
		expect(text).toBe(readFileSync(file, "utf8"));
	});
});

function spellTable({ dialect, scope, name, chains }: NatTable): string {
	const parts = chains.map(({ name: chain, base, rules }) => {
		const place = base === undefined ? "" : ` at ${base.hook} ${base.priority}, else ${base.policy}`;
		return `  chain ${chain}${place}\n${rules.map(spellRule).join("")}`;
	});
	return `${dialect} ${scope} ${name}\n${parts.join("")}`;
}

function spellRule({ text, conditions, action, comment }: FoundRule): string {
	const tests = conditions.map(({ negated, kind, ...rest }) => {
		const values = Object.values(rest).flat().map(spellValue).join(",");
		return `${negated ? "not " : ""}${kind}${values === "" ? "" : ` ${values}`}`;
	});
	const { kind, ...rest } = action;
	const does = [kind, ...Object.values(rest).map(spellValue)].join(" ");
	const said = comment === undefined ? "" : `\n      comment: ${comment}`;
	return `    ${text}\n      if ${tests.join(" & ") || "any"}\n      then ${does}${said}\n`;
}

function spellValue(value: unknown): string {
	if (typeof value !== "object" || value === null) {
		return String(value);
	}
	if ("low" in value && "high" in value) {
		return value.low === value.high ? `${value.low}` : `${value.low}-${value.high}`;
	}
	if ("network" in value && "prefix" in value) {
		return `${value.network}/${value.prefix}`;
	}
	return "name" in value && "isPrefix" in value ? `${value.name}${value.isPrefix ? "*" : ""}` : JSON.stringify(value);
}
