import type { Family } from "../src/domain/family.ts";

/**
 * What the demo is about: a client, a pod with an application and the proxy, and a pod with a backend.
 *
 *     client ────── eth0 [ application + proxy ] eth1 ────── backend
 */
export type Place = "client" | "application" | "backend";

export const places: readonly Place[] = ["client", "application", "backend"];

export const proxy = { uid: 2102, inboundPort: 4143, outboundPort: 4140, adminPort: 4191 } as const;

/** Any user but root and the proxy's. */
export const applicationUid = 1000;
export const clientUid = 1001;

export const ports = {
	application: 8080,
	applicationSkipped: 9100,
	backend: 5432,
	backendSkipped: 3306,
} as const;

/** The same words program the kernel and, through the planner, say what to expect. */
export const policyArgs: readonly string[] = [
	...["--incoming-proxy-port", `${proxy.inboundPort}`],
	...["--outgoing-proxy-port", `${proxy.outboundPort}`],
	...["--proxy-uid", `${proxy.uid}`],
	...["--inbound-ports-to-ignore", `${proxy.adminPort},${ports.applicationSkipped}`],
	...["--outbound-ports-to-ignore", `${ports.backendSkipped}`],
];

/** A pair of virtual cables' ends, each in its place. */
export interface Link {
	readonly ends: readonly [LinkEnd, LinkEnd];
}

export interface LinkEnd {
	readonly place: Place;
	readonly interface: string;
	readonly address: Readonly<Record<Family, string>>;
}

const clientEnd = end("client", "eth0", 1, 2);
const frontEnd = end("application", "eth0", 1, 1);
const rearEnd = end("application", "eth1", 2, 1);
const backendEnd = end("backend", "eth0", 2, 2);

export const links: readonly Link[] = [{ ends: [clientEnd, frontEnd] }, { ends: [rearEnd, backendEnd] }];

export const ends = { client: clientEnd, front: frontEnd, rear: rearEnd, backend: backendEnd } as const;

export const loopback: Readonly<Record<Family, string>> = { ipv4: "127.0.0.1", ipv6: "::1" };

function end(place: Place, name: string, net: number, host: number): LinkEnd {
	return {
		place,
		interface: name,
		address: { ipv4: `10.66.${net}.${host}`, ipv6: `fd66:0:0:${net}::${host}` },
	};
}
