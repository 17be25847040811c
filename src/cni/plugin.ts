import type { Logger } from "../command/logger.ts";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { harmlessJson } from "../domain/harmless.ts";
import { version as ownVersion } from "../domain/version.ts";
import type { Host } from "../host/host.ts";
import { runAdd, runCheck, runDel, runStatus } from "./calls.ts";
import { CniError, errorCodes, formatError } from "./cni-error.ts";
import { isJsonObject } from "./config-reader.ts";
import { type CniCommand, readCommand, readEnvironment } from "./environment.ts";
import { type NetworkRequest, parseRequest, readInput } from "./network-request.ts";
import type { PluginConfig } from "./plugin-config.ts";
import { createPluginLog } from "./plugin-log.ts";
import { isAtLeast, newestVersion, type SpecVersion, specVersions } from "./spec-version.ts";

/**
 * The CNI plugin, in a process of its own for each call ("Execution Protocol" in section 2 of SPEC.md). Standard output
 * gets one JSON object, a result or an error, or nothing where a command has no result; also when this has a bug.
 */
export function runPlugin(host: Host, argv: readonly string[] = []): ExitCode {
	const [word] = argv;
	if (word !== undefined && (host.env("CNI_COMMAND") ?? "") === "") {
		return answerPerson(host, word);
	}
	const call: Call = { version: newestVersion };
	let result: string | undefined;
	try {
		result = run(host, call);
	} catch (thrown) {
		return err(host, asCniError(thrown), call);
	}
	return result === undefined ? exitCodes.done : deliver(host, result);
}

/** Where it cannot be delivered, nor could a second object that says so. */
function deliver(host: Host, text: string): ExitCode {
	try {
		host.stdout(`${text}\n`);
		return exitCodes.done;
	} catch (thrown) {
		return undelivered(host, thrown);
	}
}

/** No runtime passes arguments; whoever does wants to know what this is. */
function answerPerson(host: Host, word: string): ExitCode {
	const isQuestion = word === "--help" || word === "-h";
	if (!isQuestion && word !== "--version" && word !== "-V") {
		host.log(description);
		return exitCodes.badInput;
	}
	return deliver(host, isQuestion ? description : ownVersion);
}

const description = `shunt-cni ${ownVersion}: a CNI plugin for versions ${specVersions.join(", ")}, run by a container runtime with CNI_COMMAND and more in its environment`;

/** What is known so far of a call, which an error is to bear and to be told in. */
interface Call {
	version: SpecVersion;
	log?: Logger;
}

/** What it prints; undefined for what has no result. */
function run(host: Host, call: Call): string | undefined {
	const command = readCommand(host);
	if (command === "VERSION") {
		return harmlessJson(answerVersion(host));
	}
	const environment = readEnvironment(host, command);
	if (command === "DEL") {
		runDel(host, environment, configIfAny(host));
		return undefined;
	}
	const request = parseRequest(readInput(host));
	call.version = request.version;
	const log = logOf(host, request);
	call.log = log;
	wantVersion(command, request.version);
	switch (command) {
		case "ADD":
			return request.written(runAdd(host, environment, request, log));
		case "CHECK":
			runCheck(host, environment, request, log);
			return undefined;
		case "STATUS":
			runStatus(host, request, log);
			return undefined;
		case "GC":
			// All that ADD makes goes with the pod's network namespace, and nothing is kept elsewhere.
			return undefined;
	}
}

function configIfAny(host: Host): PluginConfig | undefined {
	try {
		const { config } = parseRequest(readInput(host)).read;
		return config.ok ? config.value : undefined;
	} catch (thrown) {
		if (thrown instanceof CniError) {
			return undefined;
		}
		throw thrown;
	}
}

function logOf(host: Host, { read }: NetworkRequest): Logger {
	const { config } = read;
	return createPluginLog(host, {
		level: config.ok ? config.value.logLevel : "info",
		file: config.ok ? config.value.logFile : undefined,
	});
}

/** The version of the call comes back; libcni asks without one, or with one that it is about to choose. */
function answerVersion(host: Host): object {
	let said: unknown;
	try {
		const { value: input } = readInput(host);
		said = isJsonObject(input) ? input["cniVersion"] : undefined;
	} catch {
		// The answer does not depend on the question.
	}
	return { cniVersion: typeof said === "string" ? said : newestVersion, supportedVersions: specVersions };
}

/** When each command came into the specification ("Released versions", and libcni's pkg/skel/skel.go). */
const since: Partial<Record<CniCommand, SpecVersion>> = { CHECK: "0.4.0", GC: "1.1.0", STATUS: "1.1.0" };

function wantVersion(command: CniCommand, version: SpecVersion): void {
	const least = since[command];
	if (least !== undefined && !isAtLeast(version, least)) {
		throw new CniError(
			errorCodes.incompatibleVersion,
			`${command} came with version ${least}, and the list is of version ${version}`,
		);
	}
}

function asCniError(thrown: unknown): CniError {
	if (thrown instanceof CniError) {
		return thrown;
	}
	const { message, stack } = thrown instanceof Error ? thrown : { message: String(thrown), stack: "" };
	return new CniError(errorCodes.internal, `this is a bug of shunt-cni: ${message}`, [
		(stack ?? "")
			.split("\n")
			.map((line) => line.trim())
			.join(" ") || "no stack",
	]);
}

/** An answer that cannot be delivered is still a failure. */
function err(host: Host, error: CniError, { version, log }: Call): ExitCode {
	const lines = [error.message, ...error.details];
	if (log === undefined) {
		host.log(`shunt-cni: ${lines.join("; ")}`);
	} else {
		log.warn(lines);
	}
	try {
		host.stdout(`${formatError(error, version)}\n`);
	} catch (thrown) {
		return undelivered(host, thrown);
	}
	return exitCodes.failed;
}

function undelivered(host: Host, thrown: unknown): ExitCode {
	host.log(`shunt-cni: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
	return exitCodes.failed;
}
