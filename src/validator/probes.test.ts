import { describe, expect, it } from "vitest";
import { policyFrom } from "../../test/support/policies.ts";
import { inboundProbes } from "./inbound-probes.ts";
import { outboundProbes, type Position } from "./outbound-probes.ts";
import { portsBeside, samplePorts, spread } from "./port-probes.ts";
import type { Probes, Way } from "./probe.ts";

const ports = "-p 4143 -o 4140";
const root: Position = {
	self: { uid: 0, gid: 0 },
	mayBe: () => true,
	routes: [
		{ interface: "eth0", source: "10.0.0.2", target: "192.0.2.2" },
		{ interface: "eth1", source: "10.1.0.2", target: "10.1.0.0" },
	],
};
const nobody: Position = { ...root, self: { uid: 65_534, gid: 65_534 }, mayBe: () => false };

/** Such as `port 443: pass`, by the rule's reason. */
const shown = ({ probes }: Probes) =>
	probes.map(
		({ topic, to, user, expected }) =>
			`${topic} ${to.address}:${to.port} ${user.uid}:${user.gid} ${expected.fate.kind} ${expected.decidedBy?.reason}`,
	);
const whys = ({ gaps }: Probes) => gaps.map(({ topic, why }) => `${topic}: ${why}`);

describe("outbound", () => {
	const probe = (flags: string, position = root) =>
		outboundProbes(policyFrom(`${ports} ${flags}`), "ipv4", position);

	it("everything that the policy says is tried", () => {
		const flags =
			"-u 2102 -g 2103 --uids-to-ignore 7 --outbound-ports-to-ignore 443 --outbound-subnets-to-ignore 10.1.0.0/16 --outbound-interfaces-to-ignore eth1";
		expect(shown(probe(flags))).toEqual([
			"redirect 192.0.2.2:20001 0:0 redirect redirect-all-outgoing-to-proxy-port",
			"port 192.0.2.2:443 0:0 pass ignore-port",
			"port 192.0.2.2:442 0:0 redirect redirect-all-outgoing-to-proxy-port",
			"port 192.0.2.2:444 0:0 redirect redirect-all-outgoing-to-proxy-port",
			"uid 192.0.2.2:20001 2102:0 pass ignore-proxy-user-id",
			"uid 192.0.2.2:20001 7:0 pass ignore-user-id",
			"gid 192.0.2.2:20001 0:2103 pass ignore-proxy-group-id",
			"interface 10.1.0.0:20001 0:0 pass ignore-interface",
			"loopback 127.0.0.1:20001 0:0 pass ignore-loopback",
		]);
	});

	it("what an earlier rule decides is not tried, for it would prove nothing", () => {
		const flags = "--outbound-interfaces-to-ignore eth1 --outbound-subnets-to-ignore 10.1.0.0/16";
		expect(shown(probe(flags)).filter((line) => line.startsWith("subnet"))).toEqual([]);
	});

	it("a stranger is tried with where the policy exempts oneself", () => {
		expect(shown(probe("--uids-to-ignore 0"))).toContain(
			"redirect 192.0.2.2:20001 65534:65534 redirect redirect-all-outgoing-to-proxy-port",
		);
	});

	it("one who is exempt and can be nobody else has little to try", () => {
		const probes = probe("-u 65534 --outbound-ports-to-ignore 443", nobody);
		expect(shown(probes)).toEqual(["uid 192.0.2.2:20001 65534:65534 pass ignore-proxy-user-id"]);
		expect(probes.gaps).toMatchObject([
			{
				topic: "redirect",
				why: expect.stringContaining("is exempt itself (proxy-init/ignore-proxy-user-id)"),
			},
		]);
		expect(probes.gaps[0]?.isWanted).toBeUndefined();
	});

	it("where everything is exempt there is nothing to try, and that is wanted", () => {
		expect(probe("--outbound-ports-to-ignore 1-65535").gaps).toMatchObject([
			{ topic: "redirect", isWanted: true },
		]);
	});

	it("another way is taken where the policy exempts the first", () => {
		expect(shown(probe("--outbound-interfaces-to-ignore eth0"))[0]).toMatch(/^redirect 10\.1\.0\.0:20001/);
		expect(shown(probe("--outbound-ports-to-ignore 20001"))[0]).toMatch(/^redirect 192\.0\.2\.2:20002/);
		expect(shown(probe("--outbound-ports-to-redirect 443"))[0]).toMatch(/^redirect 192\.0\.2\.2:443/);
	});

	it("whom nobody can be is said, and subnets in which everybody could be real", () => {
		expect(whys(probe("-u 2102 --outbound-subnets-to-ignore 172.16.0.0/12", nobody))).toEqual([
			"uid: user 2102: needs CAP_SETUID and CAP_SETGID, or to be started as that user",
			"subnet: to 172.16.0.0/12: no address in it is certain to be nobody's",
		]);
	});

	it("without a way out nothing is tried", () => {
		const probes = probe("-u 2102", { ...root, routes: [] });
		expect(probes.probes).toEqual([]);
		expect(whys(probes)).toEqual([expect.stringMatching(/^redirect: nothing can be sent/)]);
	});

	it("the proxy's own ports are left out: who comes there need not have been redirected", () => {
		const tried = shown(probe("--outbound-ports-to-ignore 4141-4142,4140"));
		expect(tried.filter((line) => /:414[03] /.test(line))).toEqual([]);
	});
});

describe("inbound", () => {
	const way: Way = {
		direction: "inbound",
		family: "ipv4",
		interface: "shunt1",
		source: "198.51.100.1",
		target: "198.51.100.2",
	};
	const probe = (flags: string) => inboundProbes(policyFrom(`${ports} ${flags}`), way);

	it("listed and unlisted ports are tried", () => {
		expect(shown(probe("--ports-to-redirect 80,81 --inbound-ports-to-ignore 81"))).toEqual([
			"redirect 198.51.100.2:80 0:0 redirect redirect-port",
			"port 198.51.100.2:81 0:0 pass ignore-port",
			"port 198.51.100.2:80 0:0 redirect redirect-port",
			"port 198.51.100.2:82 0:0 pass undefined",
			"port 198.51.100.2:79 0:0 pass undefined",
		]);
	});

	it("what takes somebody real is said", () => {
		expect(
			whys(probe("--subnets-to-ignore 10.0.0.0/8,fd00::/8 --inbound-interfaces-to-ignore eth0")),
		).toEqual([
			"subnet: from 10.0.0.0/8: no address in it is certain to be nobody's",
			"interface: on eth0: nobody at its other end can be asked",
		]);
	});
});

describe("a sample", () => {
	it("of a short list is the list", () => {
		expect(spread([1, 2, 3], 3)).toEqual([1, 2, 3]);
	});

	it("of a long one has its ends, and is no longer than asked", () => {
		const all = Array.from({ length: 1000 }, (_, index) => index);
		expect(spread(all, 5)).toEqual([0, 250, 500, 749, 999]);
	});

	it("of ports takes both ends of ranges, and what lies beside them if it is a port", () => {
		const { portsToIgnore } = policyFrom(`${ports} --outbound-ports-to-ignore 1,80-90,65535`).outbound;
		expect(samplePorts(portsToIgnore)).toEqual([1, 80, 90, 65_535]);
		expect(portsBeside(portsToIgnore)).toEqual([2, 79, 91, 65_534]);
	});
});
