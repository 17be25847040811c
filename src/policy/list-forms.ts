import { type Cidr, formatCidr, parseCidr } from "../domain/cidr.ts";
import { parseUid, type Uid } from "../domain/identity.ts";
import { type InterfaceName, parseInterfaceName } from "../domain/interface-name.ts";
import { formatPortRange, type Port, type PortRange, parsePort, parsePortRange } from "../domain/port.ts";
import type { ItemForm } from "./annotation-list.ts";

/** The lists of a policy, as annotations and stamps have them. */
export const rangeForm: ItemForm<PortRange> = { parse: parsePortRange, key: formatPortRange };
export const portForm: ItemForm<Port> = { parse: parsePort, key: String };
export const subnetForm: ItemForm<Cidr> = { parse: parseCidr, key: formatCidr };
export const uidForm: ItemForm<Uid> = { parse: parseUid, key: String };
export const interfaceForm: ItemForm<InterfaceName> = { parse: parseInterfaceName, key: (name) => name };
