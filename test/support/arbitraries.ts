import fc from "fast-check";
import { type Address, type Cidr, formatAddress, parseAddress, parseCidr } from "../../src/domain/cidr.ts";
import type { Family } from "../../src/domain/family.ts";
import type { Gid, Uid } from "../../src/domain/identity.ts";
import type { InterfaceName } from "../../src/domain/interface-name.ts";
import type { Port, PortRange } from "../../src/domain/port.ts";
import type { RedirectPolicy } from "../../src/policy/redirect-policy.ts";
import type { Packet } from "../../src/rules/evaluate.ts";

/** Few enough values that random policies and random packets meet often, with the ends of every range among them. */
export const somePorts = [1, 22, 80, 443, 4143, 8080, 8081, 8082, 9300, 65_535] as const;
export const someUids = [1, 1000, 2102, 4_294_967_294] as const;
export const someInterfaces = ["eth0", "net1", "lo"] as const;
export const someAddresses = {
	ipv4: ["10.0.0.1", "10.1.2.3", "172.16.5.4", "192.168.1.7", "127.0.0.1", "255.255.255.255"],
	ipv6: ["fd00::1", "fd00:1::2", "2001:db8::7", "::1", "fe80::1", "ffff:ffff::ffff"],
} as const;

export const port = fc.oneof(
	fc.constantFrom(...somePorts),
	fc.integer({ min: 1, max: 65_535 }),
) as fc.Arbitrary<Port>;

export const portRange: fc.Arbitrary<PortRange> = fc
	.tuple(port, port, fc.boolean())
	.map(([a, b, single]) =>
		single ? { low: a, high: a } : { low: Math.min(a, b) as Port, high: Math.max(a, b) as Port },
	);

export const uid = fc.constantFrom(...someUids) as fc.Arbitrary<Uid>;
export const gid = fc.constantFrom(...someUids) as unknown as fc.Arbitrary<Gid>;
export const interfaceName = fc.constantFrom(
	"eth0",
	"net1",
	"tun-0",
) as unknown as fc.Arbitrary<InterfaceName>;
export const family = fc.constantFrom<Family>("ipv4", "ipv6");

export const address = (of: Family): fc.Arbitrary<Address> =>
	fc
		.oneof(fc.constantFrom(...someAddresses[of]), of === "ipv4" ? fc.ipV4() : fc.ipV6())
		.map((text) => parseAddress(text))
		.filter((parsed) => parsed?.family === of)
		.map((parsed) => parsed as Address);

export const cidr: fc.Arbitrary<Cidr> = family.chain((of) =>
	fc.tuple(address(of), fc.integer({ min: 0, max: of === "ipv4" ? 32 : 128 })).map(([base, prefix]) => {
		const parsed = parseCidr(`${formatAddress(base)}/${prefix}`, "arbitrary");
		if (!parsed.ok) {
			throw new Error("the generator made a bad subnet");
		}
		return parsed.value;
	}),
);

const few = <T>(of: fc.Arbitrary<T>, maxLength = 4) => fc.array(of, { maxLength });
/** Mostly short lists, so that something is left to redirect; now and then one that needs several multiport rules. */
const ranges = fc.oneof(
	{ weight: 4, arbitrary: few(portRange, 2) },
	{ weight: 1, arbitrary: few(portRange, 24) },
);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });

export const policy: fc.Arbitrary<RedirectPolicy> = fc.record({
	families: fc.constantFrom<readonly Family[]>(["ipv4"], ["ipv4", "ipv6"]),
	inbound: fc.record({
		proxyPort: port,
		portsToRedirect: few(port, 3),
		portsToIgnore: ranges,
		subnetsToIgnore: few(cidr),
		interfacesToIgnore: few(interfaceName, 2),
	}),
	outbound: fc.record({
		proxyPort: port,
		proxyUid: maybe(uid),
		proxyGid: maybe(gid),
		uidsToIgnore: few(uid, 2),
		portsToRedirect: fc.oneof(fc.constant([]), ranges),
		portsToIgnore: ranges,
		subnetsToIgnore: few(cidr),
		interfacesToIgnore: few(interfaceName, 2),
	}),
});

export const packet: fc.Arbitrary<Packet> = family.chain((of) =>
	fc.record(
		{
			hook: fc.constantFrom("prerouting" as const, "output" as const),
			family: fc.constant(of),
			protocol: fc.constantFrom("tcp" as const, "tcp" as const, "tcp" as const, "udp" as const),
			source: address(of),
			destination: address(of),
			destinationPort: port,
			interface: fc.constantFrom(...someInterfaces),
			uid: uid as fc.Arbitrary<number>,
			gid: gid as fc.Arbitrary<number>,
		},
		{ requiredKeys: ["hook", "family", "protocol", "source", "destination", "destinationPort", "interface"] },
	),
);
