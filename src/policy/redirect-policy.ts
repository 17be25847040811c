import type { Cidr } from "../domain/cidr.ts";
import type { Family } from "../domain/family.ts";
import type { Gid, Uid } from "../domain/identity.ts";
import type { InterfaceName } from "../domain/interface-name.ts";
import type { Port, PortRange } from "../domain/port.ts";

/** What should happen to a pod's TCP traffic. Everything not exempted goes to the proxy. */
export interface RedirectPolicy {
	/** Never empty, without repetition, IPv4 first. */
	readonly families: readonly Family[];
	readonly inbound: InboundPolicy;
	readonly outbound: OutboundPolicy;
}

export interface InboundPolicy {
	readonly proxyPort: Port;
	/** Redirect only these; empty means every port. */
	readonly portsToRedirect: readonly Port[];
	readonly portsToIgnore: readonly PortRange[];
	/** By source address. */
	readonly subnetsToIgnore: readonly Cidr[];
	/** By the interface a packet came in on. */
	readonly interfacesToIgnore: readonly InterfaceName[];
}

export interface OutboundPolicy {
	readonly proxyPort: Port;
	/** The proxy's own traffic must pass, or it would be sent back to the proxy for ever. */
	readonly proxyUid: Uid | undefined;
	readonly proxyGid: Gid | undefined;
	readonly uidsToIgnore: readonly Uid[];
	/** Redirect only these; empty means every port. */
	readonly portsToRedirect: readonly PortRange[];
	readonly portsToIgnore: readonly PortRange[];
	/** By destination address. */
	readonly subnetsToIgnore: readonly Cidr[];
	/** By the interface a packet leaves through. The loopback interface is always exempt. */
	readonly interfacesToIgnore: readonly InterfaceName[];
}
