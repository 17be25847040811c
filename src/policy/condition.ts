import type { Cidr } from "../domain/cidr.ts";
import type { InterfacePattern } from "../domain/interface-name.ts";
import type { Span } from "../domain/number.ts";
import type { PortRange } from "../domain/port.ts";

export type Direction = "inbound" | "outbound";

export const directions: readonly Direction[] = ["inbound", "outbound"];

/** By what a policy selects connections: those conditions of a rule that it can ask for, one thing in each but for ports. */
export type Selection =
	| { readonly kind: "destination-port"; readonly ports: readonly PortRange[] }
	| { readonly kind: "source" | "destination"; readonly subnets: readonly [Cidr] }
	| { readonly kind: "in-interface" | "out-interface"; readonly names: readonly [InterfacePattern] }
	| { readonly kind: "uid" | "gid"; readonly ids: readonly [Span] };

/** The interface of exactly this name. */
export function named(name: string): readonly [InterfacePattern] {
	return [{ name, isPrefix: false }];
}

/** This user, or this group, alone. */
export function only(id: number): readonly [Span] {
	return [{ low: id, high: id }];
}
