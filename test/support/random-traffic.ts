import fc from "fast-check";
import { type Address, type Cidr, parseAddress, parseCidr } from "../../src/domain/cidr.ts";
import type { Family } from "../../src/domain/family.ts";
import type { Gid, Uid } from "../../src/domain/identity.ts";
import type { InterfaceName } from "../../src/domain/interface-name.ts";
import { formatPortRange, type Port, type PortRange } from "../../src/domain/port.ts";
import type { RedirectPolicy } from "../../src/policy/redirect-policy.ts";
import type { Packet } from "../../src/rules/evaluate.ts";
import { cables, ownAddresses } from "./topology.ts";

/** Who connects. */
export const users = [
	{ uid: 0, gid: 0 },
	{ uid: 2102, gid: 2102 },
	{ uid: 1337, gid: 2102 },
	{ uid: 2102, gid: 1337 },
	{ uid: 65_534, gid: 65_534 },
] as const;

/** Where the pod's proxy may listen, its applications do, and the peer's. Everywhere else a connection is refused. */
export const proxyPorts = [1, 4140, 4143, 15_001, 15_006, 65_535] as const;
export const podPorts = [...proxyPorts, 80, 443, 8080] as const;
export const peerPorts = [80, 443, 3306, 9300] as const;

/** One connection, and whoever answers where nothing redirects it. */
export interface Attempt {
	readonly packet: Packet & { readonly destinationPort: number };
	readonly from: string;
	readonly to: string;
	/** Index into {@link users}; the peer connects as root. */
	readonly user: number;
	readonly owner: "pod" | "peer";
}

const port = fc.oneof(
	{ weight: 3, arbitrary: fc.constantFrom(...podPorts, ...peerPorts) },
	{ weight: 1, arbitrary: fc.integer({ min: 1, max: 65_535 }) },
) as fc.Arbitrary<Port>;

const range: fc.Arbitrary<PortRange> = fc.oneof(
	port.map((single) => ({ low: single, high: single })),
	fc
		.tuple(port, fc.integer({ min: 0, max: 2000 }))
		.map(([low, width]) => ({ low, high: Math.min(65_535, low + width) as Port })),
);

const ranges = fc.oneof(
	{ weight: 2, arbitrary: fc.constant([]) },
	{ weight: 3, arbitrary: fc.array(range, { minLength: 1, maxLength: 3 }) },
	{ weight: 1, arbitrary: fc.array(range, { minLength: 12, maxLength: 24 }) },
);

const addresses = (["ipv4", "ipv6"] as const).flatMap((family) => [
	...ownAddresses[family].map((text) => ({ family, text })),
	...cables.flatMap(({ peer }) => peer[family].map((text) => ({ family, text }))),
]);

/** Around addresses that are really met, in every width, with and without host bits. */
const subnet: fc.Arbitrary<Cidr> = fc.constantFrom(...addresses).chain(({ family, text }) => {
	const widths =
		family === "ipv4" ? [0, 1, 8, 12, 16, 24, 25, 31, 32] : [0, 1, 8, 16, 32, 48, 64, 121, 127, 128];
	return fc.constantFrom(...widths).map((prefix) => cidrFrom(`${text}/${prefix}`));
});

const subnets = fc.oneof(
	{ weight: 3, arbitrary: fc.constant([]) },
	{ weight: 2, arbitrary: fc.array(subnet, { minLength: 1, maxLength: 3 }) },
);

const interfaces = fc.oneof(
	{ weight: 3, arbitrary: fc.constant([]) },
	{
		weight: 1,
		arbitrary: fc.subarray(["eth0", "eth1", "lo", "eth00", "tun-0"], { minLength: 1, maxLength: 2 }),
	},
) as unknown as fc.Arbitrary<InterfaceName[]>;

const id = fc.constantFrom(1, 1337, 2102, 65_534);
const maybeId = fc.option(id, { nil: undefined, freq: 2 });
const proxyPort = fc.constantFrom(...proxyPorts) as fc.Arbitrary<Port>;

const policy: fc.Arbitrary<RedirectPolicy> = fc.record({
	families: fc.oneof(
		{ weight: 5, arbitrary: fc.constant<readonly Family[]>(["ipv4", "ipv6"]) },
		{ weight: 1, arbitrary: fc.constant<readonly Family[]>(["ipv4"]) },
	),
	inbound: fc.record({
		proxyPort,
		portsToRedirect: fc.oneof(fc.constant([]), fc.array(port, { minLength: 1, maxLength: 5 })),
		portsToIgnore: ranges,
		subnetsToIgnore: subnets,
		interfacesToIgnore: interfaces,
	}),
	outbound: fc.record({
		proxyPort,
		proxyUid: maybeId as fc.Arbitrary<Uid | undefined>,
		proxyGid: maybeId as unknown as fc.Arbitrary<Gid | undefined>,
		uidsToIgnore: fc.oneof(
			{ weight: 3, arbitrary: fc.constant([]) },
			{ weight: 1, arbitrary: fc.subarray([0, 1, 1337, 2102, 65_534], { maxLength: 2 }) },
		) as unknown as fc.Arbitrary<Uid[]>,
		portsToRedirect: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: ranges }),
		portsToIgnore: ranges,
		subnetsToIgnore: subnets,
		interfacesToIgnore: interfaces,
	}),
});

/** A policy, and connections that its rules are likely to have an opinion about. */
export const scenario = policy.chain((chosen) =>
	fc.record({
		policy: fc.constant(chosen),
		attempts: fc.array(attempt(telling(chosen)), { minLength: 16, maxLength: 16 }),
	}),
);

/** Ports of the policy, the ones just beside them, and ports where somebody listens. */
function telling({ inbound, outbound }: RedirectPolicy): fc.Arbitrary<number> {
	const listed = [
		...inbound.portsToIgnore,
		...outbound.portsToIgnore,
		...outbound.portsToRedirect,
		...inbound.portsToRedirect.map((single) => ({ low: single, high: single })),
	];
	const edges = listed.flatMap(({ low, high }) => [low - 1, low, high, high + 1]);
	const inRange = edges.filter((edge) => edge >= 1 && edge <= 65_535);
	return inRange.length === 0 ? port : fc.oneof(port, fc.constantFrom(...inRange));
}

function attempt(destinationPort: fc.Arbitrary<number>): fc.Arbitrary<Attempt> {
	const family = fc.constantFrom<Family>("ipv4", "ipv6");
	return fc.oneof(
		{ weight: 4, arbitrary: fc.tuple(family, destinationPort).chain(inbound) },
		{ weight: 3, arbitrary: fc.tuple(family, destinationPort).chain(outbound) },
		{ weight: 1, arbitrary: fc.tuple(family, destinationPort).chain(toItself) },
	);
}

function inbound([family, destinationPort]: [Family, number]): fc.Arbitrary<Attempt> {
	const sources = cables.flatMap(({ peer }) => peer[family]);
	return fc.tuple(fc.constantFrom(...cables), fc.constantFrom(...sources)).map(([cable, from]) => {
		const to = cable.pod[family];
		const ends = { source: addressFrom(from), destination: addressFrom(to), destinationPort };
		const packet = { hook: "prerouting", family, protocol: "tcp", interface: cable.name, ...ends } as const;
		return { packet, from, to, user: 0, owner: "pod" };
	});
}

function outbound([family, destinationPort]: [Family, number]): fc.Arbitrary<Attempt> {
	const targets = cables.flatMap((cable) => cable.peer[family].map((to) => ({ cable, to })));
	return fc.tuple(fc.constantFrom(...targets), anyUser).map(([{ cable, to }, user]) => {
		const from = cable.pod[family];
		const ends = { source: addressFrom(from), destination: addressFrom(to), destinationPort };
		const packet = {
			hook: "output",
			family,
			protocol: "tcp",
			interface: cable.name,
			...ends,
			...users[user],
		} as const;
		return { packet, from, to, user, owner: "peer" };
	});
}

function toItself([family, destinationPort]: [Family, number]): fc.Arbitrary<Attempt> {
	return fc.tuple(fc.constantFrom(...ownAddresses[family]), anyUser).map(([to, user]) => {
		const ends = { source: addressFrom(to), destination: addressFrom(to), destinationPort };
		const packet = {
			hook: "output",
			family,
			protocol: "tcp",
			interface: "lo",
			...ends,
			...users[user],
		} as const;
		return { packet, from: to, to, user, owner: "pod" };
	});
}

const anyUser = fc.nat({ max: users.length - 1 });

/** The policy as a command line, written without any help from the parser that will read it. */
export function argsOf({ families, inbound: into, outbound: out }: RedirectPolicy): string[] {
	const lists = {
		"ports-to-redirect": into.portsToRedirect,
		"inbound-ports-to-ignore": into.portsToIgnore.map(formatPortRange),
		"subnets-to-ignore": into.subnetsToIgnore.map(({ text }) => text),
		"inbound-interfaces-to-ignore": into.interfacesToIgnore,
		"outbound-ports-to-redirect": out.portsToRedirect.map(formatPortRange),
		"outbound-ports-to-ignore": out.portsToIgnore.map(formatPortRange),
		"outbound-subnets-to-ignore": out.subnetsToIgnore.map(({ text }) => text),
		"outbound-interfaces-to-ignore": out.interfacesToIgnore,
		"uids-to-ignore": out.uidsToIgnore,
		"proxy-uid": out.proxyUid === undefined ? [] : [out.proxyUid],
		"proxy-gid": out.proxyGid === undefined ? [] : [out.proxyGid],
	};
	const given = Object.entries(lists).filter(([, items]) => items.length > 0);
	return [
		...["-p", `${into.proxyPort}`, "-o", `${out.proxyPort}`, `--ipv6=${families.includes("ipv6")}`],
		...given.map(([flag, items]) => `--${flag}=${items.join(",")}`),
	];
}

function addressFrom(text: string): Address {
	const address = parseAddress(text);
	if (address === undefined) {
		throw new Error(`${text} is not an address`);
	}
	return address;
}

function cidrFrom(text: string): Cidr {
	const cidr = parseCidr(text, "random traffic");
	if (!cidr.ok) {
		throw new Error(`${text} is not a subnet`);
	}
	return cidr.value;
}
