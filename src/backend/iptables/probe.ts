import type { Family } from "../../domain/family.ts";
import type { Host } from "../../host/host.ts";
import { type BackendError, caught, throwIfAny } from "../backend-error.ts";
import { openToolbox } from "./tools.ts";
import type { Variant } from "./variant.ts";

export function probe(host: Host, variant: Variant, families: readonly Family[]): BackendError | undefined {
	return caught(() => {
		const tools = openToolbox(host, variant, families, { wait: false });
		const failures = tools.restore(families.map((family) => ({ family, input })));
		throwIfAny(failures.find((failure) => failure !== undefined));
	});
}

const input = `*nat
-N SHUNT_PROBE
-A SHUNT_PROBE -m owner --uid-owner 1 -m comment --comment "shunt/probe" -j RETURN
-A SHUNT_PROBE -p tcp -m multiport --dports 1,2:3 -j RETURN
-A SHUNT_PROBE -p tcp -m tcp --dport 1 -j REDIRECT --to-ports 1
-F SHUNT_PROBE
-X SHUNT_PROBE
COMMIT
`;
