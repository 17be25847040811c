import { parseCidr } from "../domain/cidr.ts";
import { CniError, errorCodes } from "./cni-error.ts";
import { isJsonObject, type JsonObject } from "./config-reader.ts";
import { isAtLeast, type SpecVersion, specVersions, spokenVersions } from "./spec-version.ts";

/**
 * The result of the plugins before in the version of the list, as ADD has to print it. One of that version goes through as
 * it is, whatever is in it; another is translated as libcni does it (pkg/types/100/types.go, convertFrom04x and
 * convertTo04x; pkg/types/040/types.go, convertFrom02x): addresses have a `version` up to 0.4.0 alone, and interfaces a
 * `mtu`, `socketPath` and `pciID` from 1.0.0 on. Throws a {@link CniError}.
 */
export function passOn(prevResult: JsonObject | undefined, version: SpecVersion): JsonObject {
	if (prevResult === undefined) {
		return { cniVersion: version };
	}
	const from = versionOf(prevResult, version);
	if (from === version || eraOf(from) === eraOf(version)) {
		return { ...prevResult, cniVersion: version };
	}
	const { interfaces, ips, routes } =
		from.startsWith("0.2") || from === "0.1.0" ? fromOld(prevResult) : prevResult;
	const dns = prevResult["dns"];
	const isNew = eraOf(version) === "new";
	return {
		cniVersion: version,
		...listed("interfaces", interfaces, (each) => (isNew ? each : pick(each, ["name", "mac", "sandbox"]))),
		...listed("ips", ips, isNew ? withoutVersion : withVersion),
		...listed("routes", routes, (route) => route),
		...(isJsonObject(dns) && Object.keys(dns).length > 0 ? { dns } : {}),
	};
}

const oldVersions = ["0.1.0", "0.2.0"] as const;

type ResultVersion = SpecVersion | (typeof oldVersions)[number];

/** Results changed twice; within an era a result of one version is one of the others. */
function eraOf(version: ResultVersion): "oldest" | "old" | "new" {
	const spoken = specVersions.find((each) => each === version);
	return spoken === undefined ? "oldest" : isAtLeast(spoken, "1.0.0") ? "new" : "old";
}

/** A plugin that prints none means that of the list (fixupResultVersion in libcni's pkg/invoke/exec.go). */
function versionOf(prevResult: JsonObject, list: SpecVersion): ResultVersion {
	const said = prevResult["cniVersion"] ?? "";
	const known = [...oldVersions, ...specVersions].find((version) => version === said);
	if (known === undefined && said !== "") {
		throw new CniError(
			errorCodes.incompatibleVersion,
			`prevResult: cniVersion ${JSON.stringify(said)} is not a version that this plugin knows`,
			[`it knows ${oldVersions.join(", ")}, ${spokenVersions}`],
		);
	}
	return known ?? list;
}

/** `ip4` and `ip6`, each with an address and routes of its own, which went with 0.3.0. */
function fromOld(result: JsonObject): JsonObject {
	const parts = ["ip4", "ip6"].map((key) => result[key]).filter(isJsonObject);
	return {
		ips: parts.map(({ ip, gateway }) => ({ address: ip, ...(gateway === undefined ? {} : { gateway }) })),
		routes: parts.flatMap(({ routes }) => (Array.isArray(routes) ? routes : [])),
	};
}

/** Nothing where there is no such list: all of them may be left out. */
function listed(key: string, value: unknown, treat: (item: JsonObject) => JsonObject): JsonObject {
	if (value === undefined || value === null) {
		return {};
	}
	if (!Array.isArray(value) || !value.every(isJsonObject)) {
		throw malformed(key, value, "a list of objects");
	}
	return value.length === 0 ? {} : { [key]: value.map(treat) };
}

function withoutVersion(ip: JsonObject): JsonObject {
	return pick(ip, ["address", "gateway", "interface"]);
}

function withVersion(ip: JsonObject): JsonObject {
	const address = ip["address"];
	const parsed = parseCidr(typeof address === "string" ? address : "", "address");
	if (!parsed.ok) {
		throw malformed("ips", address, "an address with its prefix, such as 10.1.0.5/16");
	}
	return { version: parsed.value.family === "ipv4" ? "4" : "6", ...withoutVersion(ip) };
}

function pick(object: JsonObject, keys: readonly string[]): JsonObject {
	return Object.fromEntries(keys.filter((key) => object[key] !== undefined).map((key) => [key, object[key]]));
}

function malformed(key: string, value: unknown, accepted: string): CniError {
	const shown = JSON.stringify(value) ?? "nothing";
	return new CniError(
		errorCodes.decodingFailure,
		`prevResult: ${key}: ${shown} cannot be read (want ${accepted})`,
	);
}
