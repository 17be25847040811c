import type { Family } from "../../domain/family.ts";
import type { Host } from "../../host/host.ts";
import type { Owner } from "../backend.ts";
import { type BackendError, caught, throwIfAny } from "../backend-error.ts";
import { openToolbox } from "./tools.ts";
import type { Variant } from "./variant.ts";

/**
 * Makes a chain that nothing leads into, with every kind of rule that we write, and removes it again. In two
 * transactions: rules that go in the one they came in never leave the tool, so that the kernel would not be asked.
 */
export function probe(
	host: Host,
	variant: Variant,
	families: readonly Family[],
	owner: Owner = 0,
): BackendError | undefined {
	return caught(() => {
		const tools = openToolbox(host, variant, families, { wait: false });
		const failures = tools.restore(families.map((family) => ({ family, input: trial(owner) })));
		const made = families.filter((_, index) => failures[index] === undefined);
		tools.restore(made.map((family) => ({ family, input: removal })));
		throwIfAny(failures.find((failure) => failure !== undefined));
	});
}

function trial(owner: Owner): string {
	return `*nat
:SHUNT_PROBE - [0:0]
${owner === "nobody" ? "" : ownerRule(owner)}-A SHUNT_PROBE -p tcp -m multiport --dports 1,2:3 -j RETURN
-A SHUNT_PROBE -p tcp -m tcp --dport 1 -j REDIRECT --to-ports 1
COMMIT
`;
}

function ownerRule(uid: number): string {
	return `-A SHUNT_PROBE -m owner --uid-owner ${uid} -m comment --comment "shunt/probe" -j RETURN\n`;
}

const removal = `*nat
-F SHUNT_PROBE
-X SHUNT_PROBE
COMMIT
`;
