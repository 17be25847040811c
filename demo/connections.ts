import { parseAddress } from "../src/domain/cidr.ts";
import type { Family } from "../src/domain/family.ts";
import type { Packet } from "../src/rules/evaluate.ts";
import { applicationUid, clientUid, ends, loopback, ports, proxy } from "./world.ts";

/** Who opens connections: a process of its own each, with its own user, in its own place. */
export type Caller = "client" | "application" | "proxy-user";

/** One kind of connection that the demo opens, in each family. */
export interface Connection {
	/** From whom to whom. */
	readonly title: string;
	/** What is special about it. */
	readonly note?: string;
	readonly caller: Caller;
	readonly destination: Readonly<Record<Family, string>>;
	readonly port: number;
	/** How its first packet looks to the application pod's kernel. */
	readonly hook: Packet["hook"];
	readonly interface: string;
	readonly source: Readonly<Record<Family, string>>;
}

export const callerUids: Readonly<Record<Caller, number>> = {
	client: clientUid,
	application: applicationUid,
	"proxy-user": proxy.uid,
};

const inbound = {
	caller: "client",
	destination: ends.front.address,
	hook: "prerouting",
	interface: ends.front.interface,
	source: ends.client.address,
} as const;

const outbound = {
	caller: "application",
	destination: ends.backend.address,
	hook: "output",
	interface: ends.rear.interface,
	source: ends.rear.address,
} as const;

const local = { caller: "application", hook: "output", interface: "lo", port: ports.application } as const;

export const connections: readonly Connection[] = [
	{ ...inbound, title: "client → app", port: ports.application },
	{ ...inbound, title: "client → app", note: "skipped", port: ports.applicationSkipped },
	{ ...outbound, title: "app → backend", port: ports.backend },
	{ ...outbound, title: "app → backend", note: "skipped", port: ports.backendSkipped },
	{ ...outbound, title: "proxy's user → backend", port: ports.backend, caller: "proxy-user" },
	{ ...local, title: "app → localhost", destination: loopback, source: loopback },
	{
		...local,
		title: "app → own address",
		destination: ends.front.address,
		source: ends.front.address,
	},
];

/** The one that shows that nothing is left. */
export const afterClean: Connection = {
	...inbound,
	title: "client → app",
	note: "after clean",
	port: ports.application,
};

/** The packet that `evaluate` is asked about. */
export function packetOf(connection: Connection, family: Family): Packet {
	const uid = callerUids[connection.caller];
	return {
		hook: connection.hook,
		family,
		protocol: "tcp",
		source: address(connection.source[family]),
		destination: address(connection.destination[family]),
		destinationPort: connection.port,
		interface: connection.interface,
		...(connection.hook === "output" ? { uid, gid: uid } : {}),
	};
}

function address(text: string) {
	const parsed = parseAddress(text);
	if (parsed === undefined) {
		throw new Error(`not an address: ${text}`);
	}
	return parsed;
}
