import { err, ok, type Result } from "../domain/problem.ts";
import { readTruth } from "../domain/truth.ts";
import { parseChoice, parseForm } from "../domain/words.ts";

const component = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const host = "[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?";
/** The grammar of the distribution project's reference package, without tag and digest. */
const imageName = new RegExp(`^(?=.{1,255}$)(?:${host}/)?${component}(?:/${component})*$`);

const imageVersion = /^(?:[\w][\w.-]{0,127}|sha256:[0-9a-f]{64})$/;

export type PullPolicy = "Always" | "IfNotPresent" | "Never";

export const parsePullPolicy = parseChoice<PullPolicy>(
	["Always", "IfNotPresent", "Never"],
	"is not a pull policy",
);

export const parseImageName = parseForm(
	imageName,
	"is not an image name",
	"HOST/PATH without a tag, such as example.com/team/proxy (the tag is a key of its own)",
);

export const parseImageVersion = parseForm(
	imageVersion,
	"is not an image tag",
	"up to 128 letters, digits, '.', '_' and '-', or sha256: and 64 hexadecimal digits",
);

export function formatImage(name: string, version: string): string {
	return version.startsWith("sha256:") ? `${name}@${version}` : `${name}:${version}`;
}

/** The grammar of Kubernetes' resource.Quantity, without a sign: nobody can ask for less than nothing. */
const quantity = /^(?:\d{1,18}(?:\.\d{0,9})?|\.\d{1,9})(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d{1,2})?$/;

/** An amount of processor time or memory, kept as it was written. */
export const parseQuantity = parseForm(
	quantity,
	"is not a quantity",
	"a Kubernetes quantity such as 100m, 0.5, 64Mi or 1G",
);

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

/** The same of an amount that may not be there: nothing is no amount. */
export function amountIn(text: string | undefined): number {
	return quantityValue(text ?? "") ?? 0;
}

/** Whether a sum of amounts is too much: of 250m and 200m, binary fractions leave a little less than 50m. */
export function exceeds(amount: number, most: number): boolean {
	return amount > most * (1 + 1e-9);
}

/** No API server takes a container with a request above its limit. */
export function isAboveLimit(request: string | undefined, limit: string | undefined): boolean {
	return amountIn(request) > (quantityValue(limit ?? "") ?? Number.POSITIVE_INFINITY);
}

/** A truth value as flags take it, or `enabled` and `disabled` as the inject annotation has them. */
export function parseSwitch(text: string, source: string): Result<boolean> {
	const truth = text === "enabled" || text === "disabled" ? text === "enabled" : readTruth(text);
	return truth === undefined
		? err({
				source,
				value: text,
				complaint: "is neither on nor off",
				accepted: "true or false (also enabled or disabled)",
			})
		: ok(truth);
}

/** What a container asks for and may use of each. */
export const resourceNames = ["cpu", "memory", "ephemeral-storage"] as const;
export type ResourceName = (typeof resourceNames)[number];

/** Kubernetes quantities; undefined is what nobody said. */
export interface Bounds {
	readonly request: string | undefined;
	readonly limit: string | undefined;
}

export type ContainerResources = Readonly<Partial<Record<ResourceName, Bounds | undefined>>>;
