import { type Host, HostError } from "../host/host.ts";

/** Per network namespace, in seconds (nf_conntrack-sysctl.rst in the kernel's documentation). */
const path = "/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_close_wait";

/**
 * What a network namespace begins with, whatever others are set to: TCP_CONNTRACK_CLOSE_WAIT is 60 SECS in tcp_timeouts, and
 * nf_conntrack_tcp_init_net copies those for each (net/netfilter/nf_conntrack_proto_tcp.c, the same from 3.x to 6.x).
 */
export const kernelCloseWait = 60;

/** In seconds; undefined where there is no connection tracking or /proc does not tell. */
export function readCloseWait(host: Host): number | undefined {
	const text = host.readFile(path)?.trim();
	return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
}

/**
 * Sets how long connection tracking remembers a connection that one side has closed. Answers with a way back.
 * Throws {@link HostError}.
 */
export function setCloseWait(host: Host, seconds: number): () => void {
	const before = host.readFile(path);
	try {
		host.writeFile(path, `${seconds}\n`);
	} catch (error) {
		if (error instanceof HostError) {
			throw new HostError(
				error.code,
				`--timeout-close-wait-secs: ${error.message} (a container must run as root, with a writable /proc/sys, to set it)`,
			);
		}
		throw error;
	}
	return () => {
		if (before !== undefined) {
			host.writeFile(path, before);
		}
	};
}
