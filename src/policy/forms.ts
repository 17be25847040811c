import { type Cidr, formatCidr, parseCidr, parseUsualCidrs } from "../domain/cidr.ts";
import { type Gid, parseGid, parseProxyGid, parseProxyUid, parseUid, type Uid } from "../domain/identity.ts";
import { type InterfaceName, parseInterfaceName } from "../domain/interface-name.ts";
import { parseWholeNumber } from "../domain/number.ts";
import {
	formatPortRange,
	type Port,
	type PortRange,
	parsePort,
	parsePortRange,
	parseUsualPortRanges,
	parseUsualPorts,
} from "../domain/port.ts";
import { ok, type Result } from "../domain/problem.ts";
import type { ListForm, ValueForm } from "./field.ts";

/** What a policy's lists are of. */
export const ranges: ListForm<PortRange> = {
	placeholder: "PORTS",
	parse: parsePortRange,
	parseUsual: parseUsualPortRanges,
	key: formatPortRange,
	format: formatPortRange,
};
export const ports: ListForm<Port> = {
	placeholder: "PORTS",
	parse: parsePort,
	parseUsual: parseUsualPorts,
	key: String,
	format: (port) => port,
};
export const subnets: ListForm<Cidr> = {
	placeholder: "SUBNETS",
	parse: parseCidr,
	parseUsual: parseUsualCidrs,
	key: formatCidr,
	format: ({ text }) => text,
};
export const interfaces: ListForm<InterfaceName> = {
	placeholder: "NAMES",
	parse: parseInterfaceName,
	key: (name) => name,
	format: (name) => name,
	looksLikeNumber: true,
};
export const uids: ListForm<Uid> = {
	placeholder: "UIDS",
	parse: parseUid,
	key: String,
	format: (uid) => uid,
};

/** What it has one of. */
export const port: ValueForm<Port> = {
	placeholder: "PORT",
	parseFlag: parsePort,
	parseOwn: parsePort,
	parseStamped: parsePort,
};
export const proxyUid: ValueForm<Uid | undefined> = {
	placeholder: "UID",
	parseFlag: parseProxyUid,
	parseOwn: parseOwnUid,
	parseStamped: parseUid,
};
export const proxyGid: ValueForm<Gid | undefined> = {
	placeholder: "GID",
	parseFlag: parseProxyGid,
	parseOwn: parseOwnGid,
	parseStamped: parseGid,
};

/** Kubernetes takes no larger runAsUser and runAsGroup (IsValidUserID in apimachinery's validation package). */
const maxId = 2 ** 31 - 1;

/** A pod cannot ask for a proxy without a user of its own: its connections would come back to it for ever. */
function parseOwnUid(text: string, source: string): Result<Uid> {
	const parsed = parseWholeNumber(text, {
		source,
		noun: "user id for a proxy",
		min: 1,
		max: maxId,
		accepted: `a whole number from 1 to ${maxId} (as root it could not be told from an application)`,
	});
	return parsed.ok ? ok(parsed.value as Uid) : parsed;
}

/** `-1` and `0` mean none, as they do to `shunt init`. */
function parseOwnGid(text: string, source: string): Result<Gid | undefined> {
	const parsed = parseWholeNumber(text, { source, noun: "group id", min: -1, max: maxId });
	return parsed.ok ? ok(parsed.value > 0 ? (parsed.value as Gid) : undefined) : parsed;
}
