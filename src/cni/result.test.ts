import { describe, expect, it } from "vitest";
import { CniError } from "./cni-error.ts";
import { passOn } from "./result.ts";
import { type SpecVersion, specVersions } from "./spec-version.ts";

const old = {
	cniVersion: "0.4.0",
	interfaces: [{ name: "eth0", mac: "99:88:77:66:55:44", sandbox: "/run/netns/a" }],
	ips: [
		{ version: "4", address: "10.1.0.5/16", gateway: "10.1.0.1", interface: 0 },
		{ version: "6", address: "fd00::5/64", interface: 0 },
	],
	routes: [{ dst: "0.0.0.0/0", gw: "10.1.0.1" }],
	dns: { nameservers: ["10.1.0.1"] },
};

const current = {
	cniVersion: "1.1.0",
	interfaces: [
		{ name: "eth0", mac: "99:88:77:66:55:44", mtu: 1500, socketPath: "/s", sandbox: "/run/netns/a" },
	],
	ips: [
		{ address: "10.1.0.5/16", gateway: "10.1.0.1", interface: 0 },
		{ address: "fd00::5/64", interface: 0 },
	],
	routes: [{ dst: "0.0.0.0/0", gw: "10.1.0.1", mtu: 1400, table: 254 }],
	dns: { nameservers: ["10.1.0.1"] },
};

const eraOf = (version: SpecVersion) => (version < "1" ? "old" : "new");

describe.each(specVersions)("a result for a list of version %s", (version) => {
	it.each(specVersions)("of the same era as %s goes through as it is, whatever is in it", (from) => {
		const given = { ...(eraOf(from) === "old" ? old : current), cniVersion: from, "example.com/more": [1] };
		if (eraOf(from) === eraOf(version)) {
			expect(passOn(given, version)).toEqual({ ...given, cniVersion: version });
		} else {
			expect(passOn(given, version)).not.toHaveProperty("example.com/more");
		}
	});

	it("has the addresses' version where that era has it", () => {
		const { ips } = passOn(eraOf(version) === "old" ? current : old, version);
		expect(ips).toEqual(eraOf(version) === "old" ? old.ips.map((ip) => ({ ...ip })) : current.ips);
	});

	it("is of its own version where the plugin before printed none", () => {
		const { cniVersion: _, ...unversioned } = eraOf(version) === "old" ? old : current;
		expect(passOn(unversioned, version)).toEqual({ ...unversioned, cniVersion: version });
	});

	it("is empty where there was no plugin before", () => {
		expect(passOn(undefined, version)).toEqual({ cniVersion: version });
	});
});

describe("a result of another era", () => {
	it("loses of its interfaces what the older one has no word for", () => {
		expect(passOn(current, "0.3.1")).toEqual({
			cniVersion: "0.3.1",
			interfaces: old.interfaces,
			ips: old.ips,
			routes: current.routes,
			dns: old.dns,
		});
	});

	it("gains nothing that nobody said", () => {
		expect(passOn({ cniVersion: "0.3.0", interfaces: [], ips: null, dns: {} }, "1.0.0")).toEqual({
			cniVersion: "1.0.0",
		});
	});

	it("of 0.2.0 becomes lists", () => {
		const oldest = {
			cniVersion: "0.2.0",
			ip4: { ip: "10.1.0.5/16", gateway: "10.1.0.1", routes: [{ dst: "0.0.0.0/0" }] },
			ip6: { ip: "fd00::5/64" },
			dns: { domain: "example.com" },
		};
		expect(passOn(oldest, "1.1.0")).toEqual({
			cniVersion: "1.1.0",
			ips: [{ address: "10.1.0.5/16", gateway: "10.1.0.1" }, { address: "fd00::5/64" }],
			routes: [{ dst: "0.0.0.0/0" }],
			dns: { domain: "example.com" },
		});
		expect(passOn(oldest, "0.4.0")["ips"]).toEqual([
			{ version: "4", address: "10.1.0.5/16", gateway: "10.1.0.1" },
			{ version: "6", address: "fd00::5/64" },
		]);
	});
});

describe("what cannot be handed on", () => {
	const codeOf = (prevResult: object, version: SpecVersion) => {
		try {
			return passOn({ ...prevResult }, version);
		} catch (error) {
			return error instanceof CniError ? [error.code, error.message] : error;
		}
	};

	it.each([
		[{ cniVersion: "2.0.0" }, 1, /^prevResult: cniVersion "2.0.0" is not a version/],
		[{ cniVersion: 1 }, 1, /^prevResult: cniVersion 1 is not a version/],
		[{ cniVersion: "1.0.0", ips: {} }, 6, /^prevResult: ips: {} cannot be read/],
		[
			{ cniVersion: "1.0.0", ips: [{ address: "10.1.0.5" }] },
			6,
			/^prevResult: ips: "10.1.0.5" cannot be read/,
		],
		[{ cniVersion: "1.0.0", ips: [{}] }, 6, /^prevResult: ips: nothing cannot be read/],
		[{ cniVersion: "1.0.0", routes: ["x"] }, 6, /^prevResult: routes: \["x"\] cannot be read/],
	] as const)("%j is refused for 0.4.0 with code %i", (given, code, message) => {
		expect(codeOf(given, "0.4.0")).toEqual([code, expect.stringMatching(message)]);
	});
});
