import { type Address, formatAddress, parseAddress } from "../domain/cidr.ts";
import type { Family } from "../domain/family.ts";
import type { RedirectPolicy } from "../domain/redirect-policy.ts";
import { evaluate } from "../plan/evaluate.ts";
import { plan } from "../plan/planner.ts";

/**
 * Somewhere outside that the policy redirects, for the validator to dial. Linkerd's own choice first; where the
 * policy skips that, another port or a block that is reserved for documentation, which leads nowhere.
 */
export function redirectedAddress(policy: RedirectPolicy): string {
	const family: Family = policy.families.includes("ipv6") ? "ipv6" : "ipv4";
	const made = plan(policy);
	const candidates = addresses[family].flatMap((address) =>
		portsFor(policy).map((port) => ({ address, port, family })),
	);
	const found = candidates.find(({ address, port }) => {
		const destination = parseAddress(address);
		return (
			destination !== undefined &&
			evaluate(made, outgoing(family, destination, port)).fate.kind === "redirect"
		);
	});
	return format(found ?? { address: addresses[family][0], port: linkerdPort, family });
}

const addresses = {
	ipv4: ["1.1.1.1", "192.0.2.2", "198.51.100.2", "203.0.113.2"],
	ipv6: ["fd00::1", "2001:db8::2"],
} as const;

const linkerdPort = 20_001;

function portsFor({ outbound }: RedirectPolicy): number[] {
	return [linkerdPort, ...outbound.portsToRedirect.map(({ low }) => Number(low)), 20_002, 1404, 65_000, 1];
}

function outgoing(family: Family, destination: Address, destinationPort: number) {
	const interfaceName = "eth0";
	return {
		hook: "output",
		family,
		protocol: "tcp",
		source: destination,
		destination,
		destinationPort,
		interface: interfaceName,
	} as const;
}

function format({ address, port, family }: { address: string; port: number; family: Family }): string {
	const parsed = parseAddress(address);
	const text = parsed === undefined ? address : formatAddress(parsed);
	return family === "ipv6" ? `[${text}]:${port}` : `${text}:${port}`;
}
