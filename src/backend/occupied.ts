import type { Dialect } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import { BackendError, caught } from "./backend-error.ts";
import { openToolbox } from "./iptables/tools.ts";
import { existingPlaces, type Place } from "./places.ts";

/**
 * The dialects in which somebody, be it us, has nat rules in this network namespace already. Two dialects' rules in one
 * namespace run one after the other, so what is there is better joined than doubled. No process is started where no
 * table exists, as in any fresh pod.
 */
export function occupiedDialects(host: Host): ReadonlySet<Dialect> {
	return new Set(
		existingPlaces(host)
			.filter((place) => holdsRules(host, place))
			.map((place) => place.dialect),
	);
}

function holdsRules(host: Host, { dialect, scope }: Place): boolean {
	if (dialect === "nftables" || scope === "inet") {
		return true;
	}
	let holds = true;
	// What cannot be read may well hold rules: it is joined rather than doubled.
	caught(() => {
		const [table] = openToolbox(host, dialect, [scope], { wait: false }).tables([scope]);
		holds = table === undefined || table instanceof BackendError || table.rules.length > 0;
	});
	return holds;
}
