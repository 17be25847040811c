import { contenders } from "./contenders.ts";

/** One thread, as Node has. */
const common = `
global
	nbthread 1
	maxconn 6000
defaults
	timeout connect 10s
	timeout client 1h
	timeout server 1h
`;

/**
 * As a transparent proxy: to a server at 0.0.0.0 without a port HAProxy connects where the client was going, and
 * after a redirect it learns that by SO_ORIGINAL_DST, on IPv4 sockets only (its sock_inet.c).
 */
export function proxyConfig(port: number, ...options: readonly string[]): string {
	return `${common}
listen proxy
	mode tcp
	bind 0.0.0.0:${port}
${options.map((option) => `\toption ${option}\n`).join("")}	server original 0.0.0.0:0
`;
}

/** The fastest web server at hand: it answers from its configuration. */
export function webServerConfig(): string {
	return `${common}
frontend web
	mode http
${contenders.map(({ webPort }) => `\tbind 0.0.0.0:${webPort}\n`).join("")}	http-request return status 200 content-type text/plain string "hello, world"
`;
}
