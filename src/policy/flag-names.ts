/**
 * Flags that say the same thing under several names: Linkerd's proxy-init has one, the annotations and `shunt inject`
 * have another, and `shunt proxy` may have a third. Each program lists one of them in its help and takes them all.
 */
const sameThing: readonly (readonly string[])[] = [
	["incoming-proxy-port", "inbound-port", "inbound-proxy-port"],
	["outgoing-proxy-port", "outbound-port", "outbound-proxy-port"],
	["ports-to-redirect", "redirect-inbound-ports", "inbound-ports-to-redirect"],
	["outbound-ports-to-redirect", "redirect-outbound-ports"],
	["inbound-ports-to-ignore", "skip-inbound-ports"],
	["outbound-ports-to-ignore", "skip-outbound-ports"],
	["subnets-to-ignore", "skip-subnets", "skip-inbound-subnets", "inbound-subnets-to-ignore"],
	["outbound-subnets-to-ignore", "skip-outbound-subnets"],
	["inbound-interfaces-to-ignore", "skip-inbound-interfaces"],
	["outbound-interfaces-to-ignore", "skip-outbound-interfaces"],
	["uids-to-ignore", "skip-uids"],
];

/** Every name of what has this one, which is among them. */
export function otherNamesOf(name: string): readonly string[] {
	return sameThing.find((names) => names.includes(name)) ?? [name];
}
