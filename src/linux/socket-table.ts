import { readFileSync } from "node:fs";
import type { Endpoint } from "../domain/endpoint.ts";
import type { Bytes } from "../wire/bytes.ts";
import { addressText } from "../wire/field.ts";
import { socketsInProc } from "../wire/proc-sockets.ts";
import { mapped } from "../wire/sock-diag.ts";
import { machineOrder } from "./byte-string.ts";

/**
 * At which of this network namespace's ports connections from a client's end arrived: that is the other half of a
 * connection that stayed here, be it with a program of ours or not.
 */
export function portsReachedFrom(client: Endpoint): number[] {
	return files
		.flatMap((file) => parseSocketTable(readTable(file)))
		.filter(({ remote }) => remote.port === client.port && remote.address === client.address)
		.map(({ local }) => local.port);
}

/** Who listens on both families at once has IPv4's connections in the second, too. */
const files = ["/proc/self/net/tcp", "/proc/self/net/tcp6"];

function readTable(file: string): string {
	try {
		return readFileSync(file, "utf8");
	} catch {
		// A kernel without IPv6.
		return "";
	}
}

/** Both ends of each. */
export function parseSocketTable(text: string): { readonly local: Endpoint; readonly remote: Endpoint }[] {
	return socketsInProc(text, machineOrder).map(({ local, localPort, remote, remotePort }) => ({
		local: { address: shortest(local), port: localPort },
		remote: { address: shortest(remote), port: remotePort },
	}));
}

function shortest(address: Bytes): string {
	return addressText(address.startsWith(mapped) ? address.slice(mapped.length) : address);
}
