import { type Family, families } from "../domain/family.ts";
import type { Dialect } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import { type BackendError, caught } from "./backend-error.ts";
import { backendOf } from "./backends.ts";
import { type HiddenPlace, type Place, places, survey } from "./places.ts";

/** A place that held rules of an earlier run, and what became of them. */
export interface Leftover extends Place {
	/** Absent when they are gone. */
	readonly failure?: BackendError;
}

/** What came of removing, and where it could not be seen whether there was anything. */
export interface Removal {
	readonly leftovers: readonly Leftover[];
	readonly hidden: readonly HiddenPlace[];
}

/**
 * Removes what an earlier run in another dialect, or for a family that is off now, has left. Called after the new
 * rules are in, so that there is no moment without any. A failure is reported, not thrown: the new rules stand.
 */
export function removeLeftovers(host: Host, dialect: Dialect, used: readonly Family[]): Removal {
	if (dialect !== "plain") {
		const { existing, hidden } = survey(host, placesBeside(dialect, used));
		return { leftovers: removeFrom(host, existing), hidden };
	}
	const { existing, hidden } = survey(host);
	const leftOver = placesBeside(dialectOfPlain(host, existing), used);
	return {
		leftovers: removeFrom(
			host,
			existing.filter((place) => leftOver.includes(place)),
		),
		hidden,
	};
}

/** Where rules are that do not belong to what is spoken now, if there are any. */
function placesBeside(spoken: Dialect, used: readonly Family[]): Place[] {
	return places.filter(
		({ dialect, scope }) => dialect !== spoken || !(scope === "inet" || used.includes(scope)),
	);
}

/**
 * Removes everything of ours, in every dialect that has a table here, and then the tables of iptables-nft that hold nothing,
 * which the tool makes and never removes. Those of iptables-legacy nobody can remove: they go with the network namespace.
 */
export function removeEverything(host: Host): Removal & { readonly tables: readonly Place[] } {
	const { existing, hidden } = survey(host);
	const leftovers = removeFrom(host, existing);
	return { leftovers, hidden, tables: removeEmptyTables(host, existing) };
}

export function removeEmptyTables(host: Host, among: readonly Place[]): Place[] {
	return among.filter(
		({ dialect, scope }) => dialect === "nft" && host.removeEmptyNftTable({ family: scope, name: "nat" }),
	);
}

function removeFrom(host: Host, held: readonly Place[]): Leftover[] {
	return held.flatMap((place): Leftover[] => {
		const concerned = place.scope === "inet" ? families : [place.scope];
		let removed: readonly Family[] = [];
		const failure = caught(() => {
			removed = backendOf(place.dialect).tearDown(host, concerned);
		});
		const found = failure === undefined ? place : { ...place, failure };
		return failure === undefined && removed.length === 0 ? [] : [found];
	});
}

/**
 * Which dialect the distribution's unadorned `iptables` speaks. Its rules are in, so where only one of the two has a
 * table it is that one; otherwise its version says so in brackets, since 1.8.0.
 */
function dialectOfPlain(host: Host, existing: readonly Place[]): "legacy" | "nft" {
	const candidates = (["legacy", "nft"] as const).filter((dialect) =>
		existing.some((place) => place.dialect === dialect),
	);
	if (candidates.length === 1 && candidates[0] !== undefined) {
		return candidates[0];
	}
	const path = host.find("iptables-restore");
	const [result] = path === undefined ? [] : host.run([{ argv: [path, "--version"], timeoutMs: 10_000 }]);
	return result?.stdout.includes("nf_tables") === true ? "nft" : "legacy";
}
