import { fail, ok, type Result } from "../domain/problem.ts";
import { readTruth } from "../domain/truth.ts";

const component = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const host = "[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?";
/** The grammar of the distribution project's reference package, without tag and digest. */
const imageName = new RegExp(`^(?:${host}/)?${component}(?:/${component})*$`);

const imageVersion = /^(?:[\w][\w.-]{0,127}|sha256:[0-9a-f]{64})$/;

export type PullPolicy = "Always" | "IfNotPresent" | "Never";

export function parseImageName(text: string, source: string): Result<string> {
	return text.length <= 255 && imageName.test(text)
		? ok(text)
		: fail({
				source,
				value: text,
				complaint: "is not an image name",
				accepted: "HOST/PATH without a tag, such as example.com/team/proxy (the tag is a key of its own)",
			});
}

export function parseImageVersion(text: string, source: string): Result<string> {
	return imageVersion.test(text)
		? ok(text)
		: fail({
				source,
				value: text,
				complaint: "is not an image tag",
				accepted: "up to 128 letters, digits, '.', '_' and '-', or sha256: and 64 hexadecimal digits",
			});
}

export function formatImage(name: string, version: string): string {
	return version.startsWith("sha256:") ? `${name}@${version}` : `${name}:${version}`;
}

export function parsePullPolicy(text: string, source: string): Result<PullPolicy> {
	const policies: readonly PullPolicy[] = ["Always", "IfNotPresent", "Never"];
	const policy = policies.find((candidate) => candidate === text);
	return policy !== undefined
		? ok(policy)
		: fail({
				source,
				value: text,
				complaint: "is not a pull policy",
				accepted: `one of ${policies.join(", ")}`,
			});
}

/** The grammar of Kubernetes' resource.Quantity, without a sign: nobody can ask for less than nothing. */
const quantity = /^(?:\d{1,18}(?:\.\d{0,9})?|\.\d{1,9})(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d{1,2})?$/;

/** An amount of processor time or memory, kept as it was written. */
export function parseQuantity(text: string, source: string): Result<string> {
	return quantity.test(text)
		? ok(text)
		: fail({
				source,
				value: text,
				complaint: "is not a quantity",
				accepted: "a Kubernetes quantity such as 100m, 0.5, 64Mi or 1G",
			});
}

const suffixes: Readonly<Record<string, number>> = {
	n: 1e-9,
	u: 1e-6,
	m: 1e-3,
	k: 1e3,
	M: 1e6,
	G: 1e9,
	T: 1e12,
	P: 1e15,
	E: 1e18,
	Ki: 2 ** 10,
	Mi: 2 ** 20,
	Gi: 2 ** 30,
	Ti: 2 ** 40,
	Pi: 2 ** 50,
	Ei: 2 ** 60,
};

/** How much it is, to compare amounts with; undefined where it is no quantity. */
export function quantityValue(text: string): number | undefined {
	if (!quantity.test(text)) {
		return undefined;
	}
	const [, digits = "", suffix = ""] = /^([\d.]+)(.*)$/.exec(text) ?? [];
	return /^[eE][+-]?\d/.test(suffix)
		? Number(`${digits}${suffix}`)
		: Number(digits) * (suffixes[suffix] ?? 1);
}

/** A truth value as flags take it, or `enabled` and `disabled` as the inject annotation has them. */
export function parseSwitch(text: string, source: string): Result<boolean> {
	const truth = text === "enabled" || text === "disabled" ? text === "enabled" : readTruth(text);
	return truth === undefined
		? fail({
				source,
				value: text,
				complaint: "is neither on nor off",
				accepted: "true or false (also enabled or disabled)",
			})
		: ok(truth);
}

/** What a container asks for and may use, as Kubernetes quantities; absent is what nobody said. */
export interface ContainerResources {
	readonly cpuRequest?: string | undefined;
	readonly cpuLimit?: string | undefined;
	readonly memoryRequest?: string | undefined;
	readonly memoryLimit?: string | undefined;
	readonly ephemeralStorageRequest?: string | undefined;
	readonly ephemeralStorageLimit?: string | undefined;
}
