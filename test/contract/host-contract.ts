import { beforeAll, describe, expect, test } from "vitest";
import { childCases } from "./host-contract-children.ts";
import { fileCases } from "./host-contract-files.ts";
import type { Define } from "./host-contract-kit.ts";
import { lockCases } from "./host-contract-lock.ts";
import { netlinkCases } from "./host-contract-netlink.ts";
import { networkCases } from "./host-contract-network.ts";
import { outputCases } from "./host-contract-output.ts";
import { placeCases } from "./host-contract-places.ts";
import { streamCases } from "./host-contract-streams.ts";
import { xtablesCases } from "./host-contract-xtables.ts";
import type { Subject } from "./host-subject.ts";

/**
 * What every implementation of the Host port has in common. `make` is called once, before the first case. A case that
 * an implementation cannot meet is named in `deviations` with the reason; it then has to fail, or leave the list.
 */
export function hostContract(
	name: string,
	deviations: Readonly<Record<string, string>>,
	make: () => Subject["command"] | Promise<Subject["command"]>,
): void {
	describe(`Host on ${name}`, () => {
		let subject: Subject;
		beforeAll(async () => {
			subject = { command: await make() };
		}, 600_000);
		const unmet = new Map(Object.entries(deviations));
		const define: Define = (title, check) => {
			const reason = unmet.get(title);
			unmet.delete(title);
			if (reason === undefined) {
				test(title, () => check(subject));
			} else {
				test.fails(`${title} (deviates: ${reason})`, () => check(subject));
			}
		};
		describe("children", () => childCases(define));
		describe("their output and input", () => outputCases(define));
		describe("files and programs", () => fileCases(define));
		describe("folders and identities", () => placeCases(define));
		describe("streams, environment and clock", () => streamCases(define));
		describe("network namespaces", () => networkCases(define));
		describe("nfnetlink", () => netlinkCases(define));
		describe("xtables", () => xtablesCases(define));
		describe("the lock of iptables", () => lockCases(define));
		test("deviates only from cases that there are", () => expect([...unmet.keys()]).toEqual([]));
	});
}
