import { parseCommandLine } from "../command/command-line.ts";
import type { OutputFormat } from "../command/failure.ts";
import { FlagValues } from "../command/flag-values.ts";
import type { LogFormat } from "../command/logger.ts";
import { type NamedNetns, parseNetns, parsePid } from "../command/netns.ts";
import { parseDuration } from "../domain/duration.ts";
import { type Endpoint, parseEndpoint } from "../domain/endpoint.ts";
import { parseLogFilter } from "../domain/log-level.ts";
import { err, ok, type Result } from "../domain/problem.ts";
import { parseChoice } from "../domain/words.ts";
import { policyFlags } from "../init/flags.ts";
import { readPolicy } from "../init/options.ts";
import { parseStamp } from "../policy/pod-policy-stamp.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import { stampVariable } from "../policy/stamp-reader.ts";
import type { LogOptions } from "../serving/log.ts";
import { parseRequirement, type Requirement } from "./conclusion.ts";
import { validateFlags } from "./flags.ts";

/** Everything `shunt validate` was asked to do. */
export interface ValidateOptions extends LogOptions {
	/** Absent where only the reference's single connection is asked for. */
	readonly policy: RedirectPolicy | undefined;
	readonly require: readonly Requirement[];
	readonly neighbour: boolean;
	/** The reference's connection; absent where there is a policy and nobody asked for it. */
	readonly single: { readonly listen: Endpoint; readonly connect: Endpoint } | undefined;
	/** Milliseconds. */
	readonly timeout: number;
	readonly netns: NamedNetns | undefined;
	readonly output: OutputFormat;
	/** What was accepted but deserves a second look. */
	readonly warnings: readonly string[];
}

export type Environment = (name: string) => string | undefined;

/** The policy, handed in from the pod's annotation by the downward API, which says "" where there is none. */
const policyVariable = "SHUNT_REDIRECT";

/** As the reference program's versions have called them, the newer first. */
const variablePrefixes = ["LINKERD_NETWORK_VALIDATOR_", "LINKERD_VALIDATOR_"];

/** All mistakes at once, whether they stand in flags or in the environment. */
export function parseValidateOptions(
	argv: readonly string[],
	env: Environment,
	program: string,
): Result<ValidateOptions> {
	const flags = new Input(argv, env, program);
	const policy = flags.policy();
	const isAskedFor = policy === undefined || flags.isGiven("connect-addr") || flags.isGiven("listen-addr");
	const connect = flags.one("connect-addr", parseEndpoint);
	const listen = flags.one("listen-addr", parseEndpoint);
	const options = {
		policy,
		require: flags.list("require", { parse: parseRequirement }),
		neighbour: flags.boolean("neighbour"),
		single: isAskedFor && listen !== undefined && connect !== undefined ? { listen, connect } : undefined,
		timeout: flags.one("timeout", parseTimeout) ?? 0,
		netns: flags.netns(),
		output: flags.one("output", parseChoice<OutputFormat>(["text", "json"])) ?? "text",
		logFormat:
			flags.orVariable("log-format", "LOG_FORMAT", parseChoice<LogFormat>(["plain", "json"])) ?? "plain",
		logLevel: flags.orVariable("log-level", "LOG_LEVEL", parseLogFilter) ?? "info",
		warnings: flags.warnings,
	};
	return flags.problems.length > 0 ? err(...flags.problems) : ok(options);
}

class Input extends FlagValues {
	readonly warnings: string[] = [];
	readonly #env: Environment;

	constructor(argv: readonly string[], env: Environment, program: string) {
		super(parseCommandLine(argv, validateFlags, program), validateFlags);
		this.#env = env;
	}

	policy(): RedirectPolicy | undefined {
		const spelledOut = policyFlags.map(({ name }) => name).filter((name) => this.isGiven(name));
		const [first] = spelledOut;
		if (first !== undefined && this.isGiven("policy")) {
			const accepted = "either --policy or flags, not both";
			this.problems.push({ source: `--${first}`, complaint: "says what --policy says too", accepted });
		}
		if (this.isGiven("policy")) {
			return this.one("policy", (text, source) => parseStamp(text, source));
		}
		return first === undefined ? this.#policyFromEnvironment() : readPolicy(this);
	}

	#policyFromEnvironment(): RedirectPolicy | undefined {
		const text = this.#env(policyVariable);
		if (text === "") {
			this.warnings.push(`${policyVariable} is empty: the pod has no annotation shunt.dev/redirect`);
		}
		return text === undefined || text === ""
			? undefined
			: this.#settle(parseStamp(text, policyVariable, (name) => this.#env(stampVariable(name))));
	}

	netns(): NamedNetns | undefined {
		const netns = this.isGiven("netns") ? this.one("netns", parseNetns) : undefined;
		const process = this.isGiven("pid") ? this.one("pid", parsePid) : undefined;
		if (netns !== undefined && process !== undefined) {
			const accepted = "either --netns or --pid, not both";
			this.problems.push({
				source: "--pid",
				complaint: "names a network namespace as --netns does",
				accepted,
			});
		}
		return process ?? netns;
	}

	orVariable<T>(name: string, variable: string, parse: (text: string, source: string) => Result<T>) {
		const variables = variablePrefixes.map((prefix) => `${prefix}${variable}`);
		const set = variables.find((each) => (this.#env(each) ?? "") !== "");
		return this.isGiven(name) || set === undefined
			? this.one(name, parse)
			: this.#settle(parse(this.#env(set) ?? "", set));
	}

	#settle<T>(result: Result<T>): T | undefined {
		if (!result.ok) {
			this.problems.push(...result.problems);
			return undefined;
		}
		return result.value;
	}
}

/** The reference validator does not mind blanks around it. */
function parseTimeout(text: string, source: string): Result<number> {
	return parseDuration(text.trim(), source);
}
