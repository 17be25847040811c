import { describe, expect, it } from "vitest";
import { readLegacyTable } from "../backend/iptables/legacy-table.ts";
import { families } from "../domain/family.ts";
import { createNativeHost, type NativeFunctions } from "../host/native.ts";
import { createRehearsal } from "../host/native-rehearsal.ts";
import { main, rehearse } from "./native.ts";
import { main as seldom } from "./native-seldom.ts";

/** The rehearsal's world, and what was started and said in it. */
function world(more: Partial<NativeFunctions> = {}) {
	const started: string[] = [];
	const bundles: string[] = [];
	const functions: NativeFunctions = {
		...createRehearsal(),
		start: ({ argv }) => started.push(argv.join(" ")),
		bundle: <Main>(name: string): Main => {
			bundles.push(name);
			return { status: () => 2, seldom }[name] as Main;
		},
		...more,
	};
	return { functions, started, bundles };
}

const notThere = { name: "EPROTONOSUPPORT", number: 93, message: "protocol not supported" };
const init = ["-p", "4143", "-o", "4140", "-u", "2102"];

describe("the native program's bundle", () => {
	it("rehearses without fault", () => {
		expect(rehearse()).toBe(undefined);
	});

	it("remembers of a rehearsal the tables of a new network namespace, which no run takes apart again", () => {
		const tables = () =>
			families.map((family) => readLegacyTable(createNativeHost(createRehearsal()), family).table);
		const ofNewNamespaces = tables();
		rehearse();
		for (const [index, table] of tables().entries()) {
			expect(table).toBe(ofNewNamespaces[index]);
		}
	});

	it.each([
		["shunt", ["init", ...init, "--iptables-mode", "nft"], "iptables-nft-restore", "ip6tables-nft-restore"],
		["proxy-init", [...init, "--iptables-mode", "nft"], "iptables-nft-restore", "ip6tables-nft-restore"],
		["shunt", ["init", ...init, "--iptables-mode", "nftables"], "nft"],
	])(
		"called as %s %j speaks to the kernel, or starts the dialect's tools",
		(invokedAs, argv, ...programs) => {
			const alone = world();
			expect(main(alone.functions)(invokedAs, argv)).toBe(0);
			expect(alone.started).toEqual([]);
			const { functions, started } = world({ netlink: () => notThere });
			expect(main(functions)(invokedAs, argv)).toBe(0);
			expect(started.map((command) => command.split(" ")[0])).toEqual(
				programs.map((program) => `/usr/sbin/${program}`),
			);
		},
	);

	it.each([
		["status", ["status"], 2],
		["seldom", ["clean"], 0],
		["seldom", ["init", "--probe"], 0],
		["seldom", ["init", ...init, "--transport", "kernel", "--iptables-mode", "nft"], 69],
	])("loads the bundle of %s for %j, and not before", (bundle, argv, status) => {
		const usual = world();
		main(usual.functions)("shunt", ["init", ...init]);
		expect(usual.bundles).toEqual([]);
		const { functions, bundles } = world(status === 69 ? { netlink: () => notThere } : {});
		expect(main(functions)("shunt", argv)).toBe(status);
		expect(bundles).toEqual([bundle]);
	});

	it("starts nothing on bad input", () => {
		const { functions, started } = world();
		expect(main(functions)("shunt", ["init", "-p", "0"])).toBe(64);
		expect(started).toEqual([]);
	});
});
