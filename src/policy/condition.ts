import type { Cidr } from "../domain/cidr.ts";
import type { Gid, Uid } from "../domain/identity.ts";
import type { InterfaceName } from "../domain/interface-name.ts";
import type { PortRange } from "../domain/port.ts";

export type Direction = "inbound" | "outbound";

export const directions: readonly Direction[] = ["inbound", "outbound"];

/** By what a policy selects connections. */
export type Condition =
	| { readonly kind: "destination-port"; readonly ports: readonly PortRange[] }
	| { readonly kind: "source"; readonly subnet: Cidr }
	| { readonly kind: "destination"; readonly subnet: Cidr }
	| { readonly kind: "in-interface"; readonly name: InterfaceName }
	| { readonly kind: "out-interface"; readonly name: InterfaceName }
	| { readonly kind: "uid"; readonly uid: Uid }
	| { readonly kind: "gid"; readonly gid: Gid };
