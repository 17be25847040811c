import { describe, expect, it } from "vitest";
import { withNetns } from "../support/netns.ts";
import { runShunt } from "../support/programs.ts";

const count = 10_000;
const many = (item: (index: number) => string) => Array.from({ length: count }, (_, index) => item(index));

/** No two of them can be joined. */
const lists = {
	"--outbound-ports-to-ignore": many((index) => `${20_001 + 2 * index}`),
	"--outbound-subnets-to-ignore": many((index) => `100.64.${(index >> 7) & 255}.${(2 * index) & 255}/32`),
	"--subnets-to-ignore": many((index) => `2001:db8::${(2 * index).toString(16)}/128`),
};

describe.each(["legacy", "nft", "nftables"])("%s, with 10,000 items in a list", (mode) => {
	it.each(Object.entries(lists))("applies %s, and knows it again", (flag, items) =>
		withNetns("long", (netns) => {
			const here = ["--netns", netns.path, "--output", "json"];
			const policy = [
				...["-p", "4143", "-o", "4140"],
				...inParts(items).flatMap((part) => [flag, part.join(",")]),
			];
			const run = () => {
				const init = ["init", ...policy, "--iptables-mode", mode, "--log-level", "error"];
				const { status, stdout, stderr } = runShunt([...init, ...here]);
				expect(status, stderr).toBe(0);
				return JSON.parse(stdout).families.map((family: { outcome: string }) => family.outcome);
			};
			expect(run()).toEqual(["created", "created"]);
			expect(run()).toEqual(["unchanged", "unchanged"]);
			for (const known of [[], policy]) {
				expect(runShunt(["status", ...known, ...here]).status).toBe(0);
			}
		}),
	);
});

/** One argument ends at 128 KiB (MAX_ARG_STRLEN in linux/binfmts.h). */
function inParts(items: readonly string[]): string[][] {
	return Array.from({ length: items.length / 1_000 }, (_, part) =>
		items.slice(1_000 * part, 1_000 * (part + 1)),
	);
}
