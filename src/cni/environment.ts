import { formatProblem, type Problem } from "../domain/problem.ts";
import type { Host } from "../host/host.ts";
import { CniError, errorCodes } from "./cni-error.ts";
import { type PodArgs, parsePodArgs } from "./pod-args.ts";

export const commands = ["ADD", "DEL", "CHECK", "GC", "STATUS", "VERSION"] as const;

export type CniCommand = (typeof commands)[number];

/** The parameters of a call ("Parameters" in section 2 of SPEC.md). Empty where the command does without. */
export interface CniEnvironment {
	readonly containerId: string;
	readonly netns: string;
	readonly pod: PodArgs;
	/** The caller's own network namespace may be meant (CNI_NETNS_OVERRIDE in libcni's pkg/skel). */
	readonly mayBeOwnNetns: boolean;
}

/** Which command is called. Throws a {@link CniError}. */
export function readCommand(host: Host): CniCommand {
	const text = host.env("CNI_COMMAND") ?? "";
	const command = commands.find((candidate) => candidate === text);
	if (command === undefined) {
		throw new CniError(
			errorCodes.invalidEnvironment,
			text === "" ? "CNI_COMMAND is missing" : `CNI_COMMAND is ${JSON.stringify(text)}, which is not known`,
			[`want one of ${commands.join(", ")}`],
		);
	}
	return command;
}

/** The variables of a command; every one that is missing or wrong is named. Throws a {@link CniError}. */
export function readEnvironment(host: Host, command: CniCommand): CniEnvironment {
	const names = required[command];
	const missing = names.filter((name) => (host.env(name) ?? "") === "");
	const wrong = names.filter((name) => !missing.includes(name)).flatMap((name) => flawOf(host, name));
	if (missing.length + wrong.length > 0) {
		const concerned = [...missing, ...wrong.map(({ source }) => source)];
		throw new CniError(
			errorCodes.invalidEnvironment,
			`environment of ${command}: ${concerned.join(", ")} ${concerned.length > 1 ? "are" : "is"} missing or invalid`,
			[...missing.map((name) => `${name} is missing`), ...wrong.map(formatProblem)],
		);
	}
	return {
		containerId: host.env("CNI_CONTAINERID") ?? "",
		netns: host.env("CNI_NETNS") ?? "",
		pod: parsePodArgs(host.env("CNI_ARGS") ?? ""),
		mayBeOwnNetns: /^(?:1|true)$/i.test(host.env("CNI_NETNS_OVERRIDE") ?? ""),
	};
}

/** As the specification lists them, command by command; libcni's own plugins want CNI_PATH everywhere besides. */
const required: Readonly<Record<CniCommand, readonly string[]>> = {
	ADD: ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"],
	DEL: ["CNI_CONTAINERID", "CNI_IFNAME"],
	CHECK: ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"],
	GC: ["CNI_PATH"],
	STATUS: [],
	VERSION: [],
};

/** The forms of SPEC.md for container ids, and of pkg/utils/utils.go (which are the kernel's) for interfaces. */
function flawOf(host: Host, name: string): Problem[] {
	const value = host.env(name) ?? "";
	if (name === "CNI_CONTAINERID" && !/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(value)) {
		return [problem(name, value, "letters, digits, _, . and -, the first a letter or digit")];
	}
	if (name === "CNI_IFNAME" && (!/^[^\s/:]{1,15}$/.test(value) || value === "." || value === "..")) {
		return [problem(name, value, "at most 15 characters without blanks, / and :")];
	}
	return [];
}

function problem(source: string, value: string, accepted: string): Problem {
	return { source, value, complaint: "is not valid", accepted };
}
