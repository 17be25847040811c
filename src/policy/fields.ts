import type { Gid, Uid } from "../domain/identity.ts";
import { usualLoopback } from "../domain/interface-name.ts";
import type { Port } from "../domain/port.ts";
import { type Direction, directions, named, only } from "./condition.ts";
import { always, type Field, isField, isRest, itemsOf, list, type Row, value } from "./field.ts";
import { interfaces, port, ports, proxyGid, proxyUid, ranges, subnets, uids } from "./forms.ts";

/** The ports of Galera's replication, which Linkerd exempts because the server speaks first there. */
const galera = "4567,4568";

/**
 * All that a policy says, a row for each field; the planner, flags, annotations, stamps, arguments, a release's values and
 * explanations are folds over it. The order is that of the rules, and the reference program's (`test/vectors`): exemptions
 * before redirects, and, going out, the proxy's own user before everything, so that no other rule can send the proxy to
 * itself.
 */
export const inbound = [
	list("portsToIgnore", ranges, {
		flag: "inbound-ports-to-ignore",
		annotation: "skip-inbound-ports",
		value: "proxyInit.ignoreInboundPorts",
		default: galera,
		rule: { reason: "ignore-port", action: "pass", all: (ports) => ({ kind: "destination-port", ports }) },
		help: "inbound ports and ranges that bypass the proxy",
		flagHelp: "inbound ports and ranges (8000-8010) that bypass the proxy",
	}),
	list("subnetsToIgnore", subnets, {
		flag: "subnets-to-ignore",
		alsoCalled: ["skip-inbound-subnets", "inbound-subnets-to-ignore"],
		annotation: "skip-subnets",
		value: "proxyInit.skipSubnets",
		rule: {
			reason: "ignore-subnet",
			action: "pass",
			each: (subnet) => ({ kind: "source", subnets: [subnet] }),
		},
		help: "inbound connections from these subnets bypass the proxy",
		flagHelp: "inbound connections from these subnets bypass the proxy; both families may be mixed",
	}),
	list("interfacesToIgnore", interfaces, {
		flag: "inbound-interfaces-to-ignore",
		annotation: "skip-inbound-interfaces",
		value: "proxyInit.skipInboundInterfaces",
		rule: {
			reason: "ignore-interface",
			action: "pass",
			each: (name) => ({ kind: "in-interface", names: named(name) }),
		},
		help: "connections that come in on these interfaces bypass the proxy",
	}),
	list("portsToRedirect", ports, {
		flag: "ports-to-redirect",
		short: "r",
		alsoCalled: ["inbound-ports-to-redirect"],
		annotation: "redirect-inbound-ports",
		value: "proxyInit.redirectInboundPorts",
		rule: {
			reason: "redirect-port",
			action: "redirect",
			each: (port) => ({ kind: "destination-port", ports: [{ low: port, high: port }] }),
		},
		help: "redirect only these inbound ports",
		flagHelp: "redirect only these inbound ports; without it every port",
	}),
	value("proxyPort", port, {
		flag: "incoming-proxy-port",
		short: "p",
		alsoCalled: ["inbound-proxy-port"],
		annotation: "inbound-port",
		value: "proxy.ports.inbound",
		default: 4143 as Port,
		isRequired: true,
		rule: { reason: "redirect-all-incoming-to-proxy-port", action: "redirect" },
		help: "where the proxy takes inbound connections",
		flagHelp: "port on which the proxy takes inbound connections (required)",
	}),
] as const satisfies readonly Row[];

export const outbound = [
	value("proxyUid", proxyUid, {
		flag: "proxy-uid",
		short: "u",
		flagDefault: "-1",
		annotation: "proxy-uid",
		value: "proxy.uid",
		default: 2102 as Uid,
		rule: {
			reason: "ignore-proxy-user-id",
			action: "pass",
			each: (uid) => ({ kind: "uid", ids: only(uid) }),
		},
		help: "user that the proxy runs as",
		flagHelp: "user the proxy runs as, whose own connections pass; -1 or 0 for none",
	}),
	value("proxyGid", proxyGid, {
		flag: "proxy-gid",
		short: "g",
		flagDefault: "-1",
		annotation: "proxy-gid",
		value: "proxy.gid",
		default: undefined as Gid | undefined,
		rule: {
			reason: "ignore-proxy-group-id",
			action: "pass",
			each: (gid) => ({ kind: "gid", ids: only(gid) }),
		},
		help: "group that the proxy runs as; -1 or 0 for none",
		flagHelp: "group the proxy runs as, whose own connections pass; -1 or 0 for none",
	}),
	list("uidsToIgnore", uids, {
		flag: "uids-to-ignore",
		annotation: "skip-uids",
		value: "proxyInit.skipUids",
		rule: { reason: "ignore-user-id", action: "pass", each: (uid) => ({ kind: "uid", ids: only(uid) }) },
		help: "outbound connections of these users bypass the proxy",
	}),
	// Whoever has CAP_NET_ADMIN may rename it, since Linux 6.2 also while it is up (dev_change_name in net/core/dev.c; before,
	// one that is up answers EBUSY), so a plan is made with the name that it has (plan.ts).
	always("ignore-loopback", { kind: "out-interface", names: named(usualLoopback) }),
	list("interfacesToIgnore", interfaces, {
		flag: "outbound-interfaces-to-ignore",
		annotation: "skip-outbound-interfaces",
		value: "proxyInit.skipOutboundInterfaces",
		rule: {
			reason: "ignore-interface",
			action: "pass",
			each: (name) => ({ kind: "out-interface", names: named(name) }),
		},
		help: "connections that leave through these interfaces bypass the proxy",
	}),
	list("portsToIgnore", ranges, {
		flag: "outbound-ports-to-ignore",
		annotation: "skip-outbound-ports",
		value: "proxyInit.ignoreOutboundPorts",
		default: galera,
		rule: { reason: "ignore-port", action: "pass", all: (ports) => ({ kind: "destination-port", ports }) },
		help: "outbound ports and ranges that bypass the proxy",
	}),
	list("subnetsToIgnore", subnets, {
		flag: "outbound-subnets-to-ignore",
		annotation: "skip-outbound-subnets",
		value: "proxyInit.skipOutboundSubnets",
		rule: {
			reason: "ignore-subnet",
			action: "pass",
			each: (subnet) => ({ kind: "destination", subnets: [subnet] }),
		},
		help: "outbound connections to these subnets bypass the proxy",
	}),
	list("portsToRedirect", ranges, {
		flag: "outbound-ports-to-redirect",
		annotation: "redirect-outbound-ports",
		value: "proxyInit.redirectOutboundPorts",
		rule: {
			reason: "redirect-outgoing-port",
			action: "redirect",
			all: (ports) => ({ kind: "destination-port", ports }),
		},
		help: "redirect only these outbound ports and ranges",
		flagHelp: "redirect only these outbound ports and ranges; without it every port",
	}),
	value("proxyPort", port, {
		flag: "outgoing-proxy-port",
		short: "o",
		alsoCalled: ["outbound-proxy-port"],
		annotation: "outbound-port",
		value: "proxy.ports.outbound",
		default: 4140 as Port,
		isRequired: true,
		rule: { reason: "redirect-all-outgoing-to-proxy-port", action: "redirect" },
		help: "where the proxy takes outbound connections",
		flagHelp: "port on which the proxy takes outbound connections (required)",
	}),
] as const satisfies readonly Row[];

/** In the order of the rules. */
export const rows: Readonly<Record<Direction, readonly AnyRow[]>> = { inbound, outbound };

export type AnyRow = (typeof inbound)[number] | (typeof outbound)[number];

/** What a field is called among annotations; each has a name of its own there. */
export type FieldKey = Extract<AnyRow, { readonly annotation: string }>["annotation"];

/** A row that makes rules, and what of. */
export interface Wish {
	readonly row: AnyRow;
	readonly items: readonly unknown[];
}

/** All of them, in the order of the rules. Whatever is left goes to the proxy only where nobody said what should. */
export function wishesOf(direction: Direction, policy: Readonly<Record<string, unknown>>): Wish[] {
	const said: Wish[] = [];
	let isNarrowed = false;
	for (const row of rows[direction]) {
		const items = isField(row) ? itemsOf(row, policy) : [];
		if (!isField(row) || items.length > 0) {
			said.push({ row, items });
			isNarrowed ||= isField(row) && row.rule.action === "redirect" && !isRest(row.rule);
		}
	}
	return isNarrowed ? said.filter(({ row }) => !(isField(row) && isRest(row.rule))) : said;
}

export interface PolicyField {
	readonly direction: Direction;
	readonly key: FieldKey;
	readonly field: Field;
}

/** As a policy and its stamp have the fields: whither and whose, what is redirected, what is not. */
const inPolicy: readonly string[] = [
	...["proxyPort", "proxyUid", "proxyGid", "uidsToIgnore"],
	...["portsToRedirect", "portsToIgnore", "subnetsToIgnore", "interfacesToIgnore"],
];

export const fieldsOf: Readonly<Record<Direction, readonly PolicyField[]>> = {
	inbound: fieldsAmong("inbound", inbound),
	outbound: fieldsAmong("outbound", outbound),
};

export const fields: readonly PolicyField[] = directions.flatMap((direction) => fieldsOf[direction]);

function fieldsAmong(direction: Direction, among: readonly AnyRow[]): PolicyField[] {
	const found = among.filter(isField).map((field) => ({ direction, key: field.annotation, field }));
	return inOrder(found, inPolicy, ({ field }) => field.name);
}

/** As help texts list the annotations, inbound before outbound. */
export const annotationOrder: readonly string[] = [
	...["portsToIgnore", "subnetsToIgnore", "interfacesToIgnore", "uidsToIgnore"],
	...["portsToRedirect", "proxyUid", "proxyGid", "proxyPort"],
];

/** As `shunt init` lists its flags: the reference program's, then ours as they came. */
export const flagOrder: readonly string[] = [
	...["incoming-proxy-port", "outgoing-proxy-port", "proxy-uid", "proxy-gid", "ports-to-redirect"],
	...["inbound-ports-to-ignore", "outbound-ports-to-ignore", "subnets-to-ignore"],
	...["outbound-ports-to-redirect", "outbound-subnets-to-ignore", "inbound-interfaces-to-ignore"],
	...["outbound-interfaces-to-ignore", "uids-to-ignore"],
];

/** What an order does not name comes last, as it comes. */
export function inOrder<T>(items: readonly T[], order: readonly string[], nameOf: (item: T) => string): T[] {
	const rank = (item: T) => {
		const index = order.indexOf(nameOf(item));
		return index < 0 ? order.length : index;
	};
	return [...items].sort((a, b) => rank(a) - rank(b));
}

const byKey = new Map<FieldKey, PolicyField>(fields.map((each) => [each.key, each]));

export function fieldOf(key: FieldKey): PolicyField {
	const found = byKey.get(key);
	if (found === undefined) {
		throw new Error(`no such field: ${key}`);
	}
	return found;
}

/**
 * Flags that say the same thing under several names: Linkerd's proxy-init has one, the annotations and `shunt inject`
 * have another, and `shunt proxy` may have a third. Each program lists one of them in its help and takes them all.
 */
const sameThing: ReadonlyMap<string, readonly string[]> = new Map(
	fields.flatMap(({ key, field }) => {
		const names = [...new Set([field.flag, key, ...(field.alsoCalled ?? [])])];
		return names.map((name): [string, readonly string[]] => [name, names]);
	}),
);

/** Every name of what has this one, which is among them. */
export function otherNamesOf(name: string): readonly string[] {
	return sameThing.get(name) ?? [name];
}
