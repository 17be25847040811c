/** An address family; a plan is rendered once for each that is on. */
export type Family = "ipv4" | "ipv6";

export const families: readonly Family[] = ["ipv4", "ipv6"];
