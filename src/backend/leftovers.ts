import { type Family, families } from "../domain/family.ts";
import type { Dialect } from "../domain/mode.ts";
import type { Host } from "../host/host.ts";
import { type BackendError, caught } from "./backend-error.ts";
import { backendOf } from "./backends.ts";
import { existingPlaces, type Place, places } from "./places.ts";

/** A place that held rules of an earlier run, and what became of them. */
export interface Leftover extends Place {
	/** Absent when they are gone. */
	readonly failure?: BackendError;
}

/**
 * Removes what an earlier run in another dialect, or for a family that is off now, has left. Called after the new
 * rules are in, so that there is no moment without any. A failure is reported, not thrown: the new rules stand.
 */
export function removeLeftovers(host: Host, dialect: Dialect, used: readonly Family[]): Leftover[] {
	if (dialect !== "plain") {
		return removeFrom(host, existingPlaces(host, placesBeside(dialect, used)));
	}
	const existing = existingPlaces(host);
	const leftOver = placesBeside(dialectOfPlain(host, existing), used);
	return removeFrom(
		host,
		existing.filter((place) => leftOver.includes(place)),
	);
}

/** Where rules are that do not belong to what is spoken now, if there are any. */
function placesBeside(spoken: Dialect, used: readonly Family[]): Place[] {
	return places.filter(
		({ dialect, scope }) => dialect !== spoken || !(scope === "inet" || used.includes(scope)),
	);
}

/** Removes everything of ours, in every dialect that has a table here. */
export function removeEverything(host: Host): Leftover[] {
	return removeFrom(host, existingPlaces(host));
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
