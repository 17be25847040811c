import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseCases, type RecordedCase } from "../recorder/recorded-case.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt } from "../support/programs.ts";
import { snapshot } from "../support/snapshot.ts";
import { emptyTable } from "../support/standard-policy.ts";

const cases = ["proxy-init", "proxy-init-more"].flatMap((name) =>
	parseCases(readFileSync(new URL(`../vectors/${name}.jsonl`, import.meta.url), "utf8")),
);

const accepted = cases.filter((recorded) => recorded.exit === 0 && whyRefused(recorded.args) === undefined);
const stricter = cases.filter((recorded) => recorded.exit === 0 && whyRefused(recorded.args) !== undefined);
const refused = cases.filter((recorded) => recorded.exit !== 0 && !givesSubnetsToTheirFamily(recorded));
const kinder = cases.filter((recorded) => recorded.exit !== 0 && givesSubnetsToTheirFamily(recorded));

describe("where the reference program succeeds, the nat tables are its own line for line", () => {
	for (const recorded of accepted) {
		it(titleOf(recorded), () => withNetns("recorded", (netns) => expectTheSame(netns, recorded)));
	}
});

describe("what the reference program drops or takes for something else is a mistake here", () => {
	for (const recorded of stricter) {
		it(titleOf(recorded), () => withNetns("recorded", (netns) => expectRefusal(netns, recorded)));
	}
});

describe("where the reference program fails, so do we, and nothing stays behind", () => {
	for (const recorded of refused) {
		it(titleOf(recorded), () => withNetns("recorded", (netns) => expectRefusal(netns, recorded)));
	}
});

it("where the reference program fails because it gives a subnet to both families, we do not", async () => {
	for (const recorded of kinder) {
		await withNetns("recorded", (netns) => {
			expect(init(netns, recorded).status, titleOf(recorded)).toBe(0);
		});
	}
});

it("the cases are all there", () => {
	expect(cases.length).toBeGreaterThanOrEqual(80 + 54);
	expect(accepted.length).toBeGreaterThan(100);
	expect(refused.length).toBeGreaterThan(20);
});

function expectTheSame(netns: Netns, recorded: RecordedCase): void {
	const wanted = { ipv4: recorded.ipv4, ipv6: recorded.ipv6 };
	expect(init(netns, recorded).status).toBe(0);
	expect(tablesOf(netns, recorded)).toEqual(wanted);

	const again = init(netns, recorded);
	expect(again.status).toBe(0);
	const outcomes: { outcome: string }[] = JSON.parse(again.stdout).families;
	expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(["unchanged"]));
	expect(tablesOf(netns, recorded)).toEqual(wanted);

	expect(runShunt(["clean", "--netns", netns.path]).status).toBe(0);
	expect(tablesOf(netns, recorded)).toEqual({ ipv4: emptyTable, ipv6: emptyTable });
}

function expectRefusal(netns: Netns, recorded: RecordedCase): void {
	const before = snapshot(netns);
	const { status, stderr } = init(netns, recorded);
	expect(status).toBe(64);
	expect(stderr).toMatch(/^shunt init: --[\w-]+: .*\(want .+\)$/m);
	expect(snapshot(netns)).toBe(before);
}

function init(netns: Netns, { args }: RecordedCase) {
	return runShunt(["init", ...args, "--netns", netns.path, "--output", "json"]);
}

function tablesOf(netns: Netns, { mode }: RecordedCase) {
	return { ipv4: netns.natTable(mode, "ipv4"), ipv6: netns.natTable(mode, "ipv6") };
}

function titleOf(recorded: RecordedCase): string {
	return `case ${cases.indexOf(recorded) + 1}, ${recorded.args.join(" ").slice(0, 90)}`;
}

/** The deliberate differences that make us stricter: every port is 1-65535 and every list item counts. */
function whyRefused(args: readonly string[]): string | undefined {
	return flagsOf(args)
		.flatMap(([flag, value]) =>
			(value.match(/^\s*$/) ? [] : value.split(",")).map((item) => ({ flag, item })),
		)
		.find(({ flag, item }) => isPortFlag(flag) && !isPortOrRange(item.trim()))?.item;
}

function isPortFlag(flag: string): boolean {
	return /^(?:-[por]|--(?:incoming|outgoing)-proxy-port|--ports-to-redirect|--(?:in|out)bound-ports-to-ignore)$/.test(
		flag,
	);
}

function isPortOrRange(item: string): boolean {
	const [low = 0, high = low, ...rest] = item.split("-").map((end) => (/^\d+$/.test(end) ? Number(end) : 0));
	return rest.length === 0 && 1 <= low && low <= high && high <= 65_535;
}

/** The deliberate difference that makes us kinder. */
function givesSubnetsToTheirFamily({ args, error }: RecordedCase): boolean {
	const bothFamilies = !args.some((argument) => /^--ipv6=(?:0|f|false)$/i.test(argument));
	const hasSubnets = args.includes("--subnets-to-ignore");
	return bothFamilies && hasSubnets && /exit status/.test(error) && whyRefused(args) === undefined;
}

/** Each flag with the value that would belong to it, if it takes one. */
function flagsOf(args: readonly string[]): [string, string][] {
	return args.flatMap((argument, index): [string, string][] => {
		const [, flag, value] = /^(--[^=]+|-[a-z])=?(.*)$/s.exec(argument) ?? [];
		return flag === undefined ? [] : [[flag, value || (args[index + 1] ?? "")]];
	});
}
