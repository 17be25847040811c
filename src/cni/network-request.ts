import type { Host } from "../host/host.ts";
import { HostError } from "../host/host.ts";
import type { Annotations } from "../policy/annotations.ts";
import { CniError, errorCodes } from "./cni-error.ts";
import { isJsonObject, type JsonObject } from "./config-reader.ts";
import { exactJson } from "./exact-json.ts";
import { type ReadConfig, readPluginConfig } from "./plugin-config.ts";
import { findVersion, type SpecVersion, spokenVersions } from "./spec-version.ts";

/** What a runtime hands over on standard input ("Deriving request configuration" in section 3 of SPEC.md). */
export interface NetworkRequest {
	readonly version: SpecVersion;
	/** Of the plugins before; absent on its own, and in some DELs. */
	readonly prevResult: JsonObject | undefined;
	/** The JSON of a result that is made of it, in which each number is as it came in. */
	written(result: object): string;
	/** All of the pod's; undefined where the runtime does not hand them over. */
	readonly annotations: Annotations | undefined;
	/** Whether the entry asks for them. */
	readonly asksForAnnotations: boolean;
	readonly read: ReadConfig;
}

/** The capability by which containerd and CRI-O hand over a pod's annotations, and its key in `runtimeConfig`. */
export const annotationsCapability = "io.kubernetes.cri.pod-annotations";

/** What came on standard input. */
export interface Input {
	readonly text: string;
	/** The same as a value. */
	readonly value: unknown;
}

/** Standard input, read and taken for JSON; throws a {@link CniError}. */
export function readInput(host: Host): Input {
	let text: string;
	try {
		text = host.stdin();
	} catch (error) {
		if (error instanceof HostError) {
			throw new CniError(
				errorCodes.ioFailure,
				`the network configuration could not be read: ${error.message}`,
			);
		}
		throw error;
	}
	try {
		return { text, value: JSON.parse(text) };
	} catch (error) {
		throw new CniError(errorCodes.decodingFailure, "the network configuration is not JSON", [
			text.trim() === "" ? "standard input is empty" : saidBy(error),
		]);
	}
}

function saidBy(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** Throws a {@link CniError} for what no command could do anything with; mistakes of our own keys stay values. */
export function parseRequest({ text, value: input }: Input): NetworkRequest {
	if (!isJsonObject(input)) {
		throw new CniError(errorCodes.decodingFailure, "the network configuration is not an object");
	}
	const version = readVersion(input);
	const { name } = input;
	if (typeof name !== "string" || !/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) {
		throw new CniError(
			errorCodes.invalidConfig,
			`name: ${JSON.stringify(name) ?? "it"} is no network's name (want letters, digits, _, . and -, the first a letter or digit)`,
		);
	}
	const exact = exactJson(text, input);
	return {
		version,
		prevResult: objectAt(exact.value as JsonObject, "prevResult"),
		written: (result) => exact.written(result),
		annotations: readAnnotations(input),
		asksForAnnotations: objectAt(input, "capabilities")?.[annotationsCapability] === true,
		read: readPluginConfig(input),
	};
}

/** Without one it is 0.1.0, as libcni reads it (DecodeVersion in pkg/types/create/create.go). */
function readVersion(input: JsonObject): SpecVersion {
	const said = input["cniVersion"] ?? "0.1.0";
	const version = typeof said === "string" ? findVersion(said) : undefined;
	if (version === undefined) {
		throw new CniError(
			errorCodes.incompatibleVersion,
			`cniVersion: ${JSON.stringify(said)} is not a version that this plugin speaks`,
			[`it speaks ${spokenVersions}`],
		);
	}
	return version;
}

/** Null is how a runtime written in Go says "none". */
function objectAt(object: JsonObject, key: string): JsonObject | undefined {
	const value = (Object.hasOwn(object, key) ? object[key] : undefined) ?? undefined;
	if (value !== undefined && !isJsonObject(value)) {
		throw new CniError(errorCodes.decodingFailure, `${key} is not an object`);
	}
	return value;
}

/** containerd hands a pod without annotations over as null (a nil map in cniNamespaceOpts, internal/cri/server). */
function readAnnotations(input: JsonObject): Annotations | undefined {
	const runtimeConfig = objectAt(input, "runtimeConfig") ?? {};
	return Object.hasOwn(runtimeConfig, annotationsCapability)
		? (objectAt(runtimeConfig, annotationsCapability) ?? {})
		: undefined;
}
