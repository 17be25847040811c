import { createServer, type Server } from "node:net";
import type { Family } from "../domain/family.ts";

/** The kernel cuts it to net.core.somaxconn. A redirected burst comes from a whole application at once. */
const backlog = 65_535;

const anyAddress: Readonly<Record<Family, string>> = { ipv4: "0.0.0.0", ipv6: "::" };

/**
 * Listens on every address of one family. Each family has a socket of its own (IPV6_V6ONLY): an IPv4 client of an
 * IPv6 socket would have to be asked for its original destination in another way.
 */
export async function listen(family: Family, port: number): Promise<Server> {
	const server = createServer();
	await new Promise<void>((resolve, reject) => {
		// Rejecting once more later does nothing, and an error without a listener would end the process.
		server.on("error", reject);
		server.listen({ host: anyAddress[family], port, backlog, ipv6Only: family === "ipv6" }, resolve);
	});
	return server;
}

/** True when this machine or namespace has no such family at all, which is no mistake of the user's. */
export function isFamilyMissing(error: unknown): boolean {
	const code = error instanceof Error && "code" in error ? error.code : undefined;
	return code === "EAFNOSUPPORT" || code === "EADDRNOTAVAIL";
}

export function portOf(server: Server): number {
	const address = server.address();
	return typeof address === "object" && address !== null ? address.port : 0;
}
