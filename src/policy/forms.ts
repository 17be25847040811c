import { type Cidr, formatCidr, parseCidr } from "../domain/cidr.ts";
import { type Gid, parseGid, parseProxyGid, parseProxyUid, parseUid, type Uid } from "../domain/identity.ts";
import { type InterfaceName, parseInterfaceName } from "../domain/interface-name.ts";
import { formatPortRange, type Port, type PortRange, parsePort, parsePortRange } from "../domain/port.ts";
import { parseOwnGid, parseOwnUid } from "./annotation-id.ts";
import type { ListForm, ValueForm } from "./field.ts";

/** What a policy's lists are of. */
export const ranges: ListForm<PortRange> = {
	placeholder: "PORTS",
	parse: parsePortRange,
	key: formatPortRange,
	format: formatPortRange,
};
export const ports: ListForm<Port> = {
	placeholder: "PORTS",
	parse: parsePort,
	key: String,
	format: (port) => port,
};
export const subnets: ListForm<Cidr> = {
	placeholder: "SUBNETS",
	parse: parseCidr,
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
