import type { Random } from "./random.ts";
import type { Attempt } from "./reference-program.ts";
import { type FlagUse, spellFlags } from "./spelling.ts";

/** Arguments of the kind that the recorded vectors hold, and of some kinds that they lack. */
export function generateAttempt(random: Random): Attempt {
	const mode = random.pick<Attempt["mode"]>(["legacy", "nft"]);
	const valid = [
		...modeFlags(random, mode),
		...proxyFlags(random),
		...portFlags(random),
		...familyFlags(random),
	];
	const flags = random.chance(0.2) ? [...valid, random.pick(mistakes)] : valid;
	return { args: spellFlags(random, flags), mode };
}

function modeFlags(random: Random, mode: Attempt["mode"]): FlagUse[] {
	if (random.chance(0.7)) {
		return [["iptables-mode", mode]];
	}
	if (mode === "legacy" && random.chance(0.4)) {
		return [];
	}
	const pair: FlagUse[] = [
		["firewall-bin-path", `iptables-${mode}`],
		["firewall-save-bin-path", `iptables-${mode}-save`],
	];
	return random.chance(0.7) ? pair : pair.slice(0, 1);
}

function proxyFlags(random: Random): FlagUse[] {
	const usual = random.chance(0.65);
	const flags: FlagUse[] = [
		["incoming-proxy-port", usual ? "4143" : `${random.between(1, 65_535)}`],
		["outgoing-proxy-port", usual ? "4140" : `${random.between(1, 65_535)}`],
	];
	if (random.chance(0.8)) {
		flags.push(["proxy-uid", random.pick(["2102", "2102", "1337", "0", "-1", `${randomId(random)}`])]);
	}
	if (random.chance(0.3)) {
		flags.push(["proxy-gid", random.pick(["0", "2102", "-1", `${randomId(random)}`])]);
	}
	return flags;
}

function randomId(random: Random): number {
	return random.chance(0.1)
		? random.pick([65_534, 65_535, 65_536, 2_147_483_647, 2_147_483_648, 4_294_967_294])
		: random.between(1, 70_000);
}

function portFlags(random: Random): FlagUse[] {
	const flags: FlagUse[] = [];
	if (random.chance(0.75)) {
		flags.push(...portList(random, "inbound-ports-to-ignore", [1, 2, 4, 7, 8, 14, 15, 16, 31]));
	}
	if (random.chance(0.65)) {
		flags.push(...portList(random, "outbound-ports-to-ignore", [1, 2, 3, 15, 16, 17, 30]));
	}
	if (random.chance(0.2)) {
		flags.push(["ports-to-redirect", repeat(random.between(1, 6), () => randomPort(random)).join(",")]);
	}
	return flags;
}

/** One list, sometimes given in two parts. */
function portList(random: Random, name: string, lengths: readonly [number, ...number[]]): FlagUse[] {
	const items = repeat(random.pick(lengths), () => randomPortOrRange(random));
	const cut = random.chance(0.15) ? random.between(1, items.length) : items.length;
	return [items.slice(0, cut), items.slice(cut)]
		.filter((part) => part.length > 0)
		.map((part) => [name, part.join(",")]);
}

const wellKnown = [22, 25, 443, 587, 3306, 4444, 4567, 4568, 5432, 6379, 9300, 11_211] as const;

function randomPort(random: Random): number {
	return random.chance(0.8) ? random.pick(wellKnown) : random.between(1, 65_535);
}

function randomPortOrRange(random: Random): string {
	if (random.chance(0.6)) {
		return `${randomPort(random)}`;
	}
	if (random.chance(0.08)) {
		return random.pick(["1-65535", "1-1", "65535", "65534-65535", "1", "8080-8080"]);
	}
	const low = random.between(1, 65_000);
	return `${low}-${low + random.between(0, 500)}`;
}

/** A subnet with IPv6 on makes the reference program fail, since it gives every subnet to both families. */
function familyFlags(random: Random): FlagUse[] {
	const flags: FlagUse[] = [];
	const withoutIpv6 = random.chance(0.4);
	if (withoutIpv6) {
		flags.push(["ipv6", random.pick(["false", "false", "0", "f", "FALSE"])]);
	} else if (random.chance(0.1)) {
		flags.push(["ipv6", "true"]);
	}
	if (random.chance(withoutIpv6 ? 0.4 : 0.04)) {
		const chosen = random.some(subnets, random.between(1, 3));
		flags.push(["subnets-to-ignore", chosen.join(",")]);
	}
	if (random.chance(0.05)) {
		flags.push([
			"subnets-to-ignore",
			random.pick(["fd00::/8", "::/0", "2001:db8::1/128", "::ffff:10.0.0.0/104"]),
		]);
	}
	if (random.chance(0.2)) {
		flags.push(["use-wait-flag", random.pick(["true", "true", "false"])]);
	}
	return flags;
}

const subnets = [
	"0.0.0.0/0",
	"10.0.0.0/8",
	"100.64.0.1/32",
	"172.16.5.4/12",
	"192.168.1.0/24",
	"192.168.1.255/25",
	"169.254.0.0/16",
	"255.255.255.255/32",
	"0.0.0.0/1",
	"0.0.0.0/32",
] as const;

/** What people get wrong. */
const mistakes: readonly [FlagUse, ...FlagUse[]] = [
	["outgoing-proxy-port", ""],
	["outgoing-proxy-port", "70000"],
	["incoming-proxy-port", "-1"],
	["incoming-proxy-port", "0"],
	["incoming-proxy-port", "http"],
	["iptables-mode", "bogus"],
	["iptables-mode", "NFT"],
	["iptables-mode", "iptables"],
	["firewall-bin-path", "/sbin/iptables"],
	["inbound-ports-to-ignore", "80-70"],
	["inbound-ports-to-ignore", "1-2-3"],
	["inbound-ports-to-ignore", "80,,90"],
	["inbound-ports-to-ignore", ""],
	["inbound-ports-to-ignore", "0"],
	["inbound-ports-to-ignore", "65536"],
	["inbound-ports-to-ignore", "80, 443"],
	["outbound-ports-to-ignore", "8000:8010"],
	["outbound-ports-to-ignore", "http"],
	["outbound-ports-to-ignore", "-5"],
	["outbound-ports-to-ignore", "$(id)"],
	["ports-to-redirect", "80-90"],
	["ports-to-redirect", "70000"],
	["ports-to-redirect", ""],
	["ports-to-redirect", "0"],
	["subnets-to-ignore", "10.0.0.0/33"],
	["subnets-to-ignore", "10.0.0.0"],
	["subnets-to-ignore", "10.0/8"],
	["subnets-to-ignore", "fd00::/129"],
	["subnets-to-ignore", "10.0.0.0/8 -j ACCEPT"],
	["proxy-uid", "root"],
	["proxy-uid", "4294967295"],
	["proxy-uid", "4294967296"],
	["proxy-gid", "2102x"],
	["proxy-gid", "-7"],
	["ipv6", "maybe"],
	["log-level", "loud"],
	["no-such-flag", "1"],
];

function repeat<T>(count: number, make: () => T): T[] {
	return Array.from({ length: count }, make);
}
