/** Which of the two redirects a connection came through. */
export type Direction = "inbound" | "outbound";

export const directions: readonly Direction[] = ["inbound", "outbound"];

/** One end of a TCP connection. */
export interface Endpoint {
	/** Without brackets; a link-local IPv6 address carries its zone, as in `fe80::1%eth0`. */
	readonly address: string;
	readonly port: number;
}

/** `10.0.0.1:80`, `[fd00::1]:80` */
export function formatEndpoint({ address, port }: Endpoint): string {
	return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
