import { CallError } from "../go/call-error.ts";
import { GoInt, GoObject, int } from "../go/value.ts";
import { parseConstraint, satisfies } from "../semver/constraint.ts";
import { compareVersions, formatVersion, parseVersion, type Version } from "../semver/version.ts";
import { type FunctionTable, fixed } from "./function.ts";

export const versionFunctions: FunctionTable = {
	semver: fixed(["string"], (text) => versionObject(requireVersion(text))),
	semverCompare: fixed(["string", "string"], (constraintText, text) => {
		const constraint = parseConstraint(constraintText);
		if (constraint === undefined) {
			throw new CallError(`improper constraint: ${JSON.stringify(constraintText)}`);
		}
		return satisfies(requireVersion(text), constraint);
	}),
};

function requireVersion(text: string): Version {
	const version = parseVersion(text);
	if (version === undefined) {
		throw new CallError(`invalid semantic version ${JSON.stringify(text)}`);
	}
	return version;
}

/** `*semver.Version`: `(semver "1.2.3").Major` and so on. */
function versionObject(version: Version): GoObject {
	const answer = (value: string | GoInt) => fixed([], () => value);
	return new GoObject("*semver.Version", {
		methods: new Map([
			["Major", answer(new GoInt("uint64", version.major))],
			["Minor", answer(new GoInt("uint64", version.minor))],
			["Patch", answer(new GoInt("uint64", version.patch))],
			["Prerelease", answer(version.prerelease)],
			["Metadata", answer(version.metadata)],
			["Original", answer(version.original)],
			["String", answer(formatVersion(version))],
			["Compare", fixed(["any"], (other) => int(Math.sign(compareVersions(version, innerVersion(other)))))],
		]),
		text: () => formatVersion(version),
		marshal: () => formatVersion(version),
		inner: version,
	});
}

function innerVersion(value: unknown): Version {
	if (value instanceof GoObject && value.type === "*semver.Version") {
		return value.inner as Version;
	}
	throw new CallError("wrong type for value; expected *semver.Version");
}
