import { quantityValue } from "../../policy/setting-forms.ts";

export type Amounts = Readonly<Record<string, string>>;

/** One of the injected containers, as a pod of the namespace gets it. */
export interface OurContainer {
	readonly name: string;
	readonly requests: Amounts;
	readonly limits: Amounts;
}

/** A LimitRange's item for containers, as the API has it. */
export interface ContainerRange {
	readonly min: Amounts;
	readonly max: Amounts;
	readonly defaultRequest: Amounts;
	readonly default: Amounts;
	readonly maxLimitRequestRatio: Amounts;
}

/**
 * What a quota wants of every container: a quota on processor or memory refuses pods in which one says nothing about it
 * (enforcePodContainerConstraints in pkg/quota/v1/evaluator/core).
 */
export function wantedByQuota(
	hard: Amounts,
): { readonly bound: "request" | "limit"; readonly resource: string }[] {
	return Object.keys(hard).flatMap((key) => {
		const [, bound, resource] = /^(requests\.|limits\.|)(cpu|memory)$/.exec(key) ?? [];
		return resource === undefined
			? []
			: [{ bound: bound === "limits." ? ("limit" as const) : ("request" as const), resource }];
	});
}

export function quotaComplaints(hard: Amounts, containers: readonly OurContainer[]): string[] {
	return containers.flatMap((container) => {
		const missing = wantedByQuota(hard).filter(
			({ bound, resource }) => amountsOf(container, bound)[resource] === undefined,
		);
		return missing.length === 0
			? []
			: [
					`${container.name} has no ${list(missing.map(({ bound, resource }) => `${resource} ${bound}`))}: set ${list(
						missing.map(({ bound, resource }) => settingOf(container.name, resource, bound)),
					)}`,
				];
	});
}

/** In the order in which the API server does it: what is absent is filled in first (plugin/pkg/admission/limitranger). */
export function filledIn(container: OurContainer, ranges: readonly ContainerRange[]): OurContainer {
	const limits = { ...merged(ranges, "default"), ...container.limits };
	const requests = { ...merged(ranges, "defaultRequest"), ...container.limits, ...container.requests };
	return { ...container, requests, limits };
}

function merged(ranges: readonly ContainerRange[], key: "default" | "defaultRequest"): Amounts {
	return Object.fromEntries(ranges.flatMap((range) => Object.entries(range[key])));
}

export function rangeComplaints(range: ContainerRange, container: OurContainer): string[] {
	const { name } = container;
	const complaint = (resource: string, bound: "request" | "limit", what: string) =>
		`${name}'s ${resource} ${bound} is ${amountsOf(container, bound)[resource] ?? "missing"}, ${what}: set ${settingOf(name, resource, bound)}`;
	const beyond = (amounts: Amounts, sign: 1 | -1, what: string) =>
		Object.entries(amounts).flatMap(([resource, amount]) =>
			(["request", "limit"] as const)
				.filter((bound) => sign * compare(amountsOf(container, bound)[resource], amount) > 0)
				.map((bound) => complaint(resource, bound, `${what}, ${amount}`)),
		);
	const apart = Object.entries(range.maxLimitRequestRatio).flatMap(([resource, most]) => {
		const [request, limit] = [container.requests[resource], container.limits[resource]].map((amount) =>
			quantityValue(amount ?? ""),
		);
		const ratio = request && limit ? limit / request : 0;
		return ratio > (quantityValue(most) ?? Number.POSITIVE_INFINITY)
			? [complaint(resource, "limit", `more than ${most} times the request`)]
			: [];
	});
	return [
		...beyond(range.min, -1, "less than the least"),
		...beyond(range.max, 1, "more than the most"),
		...apart,
	];
}

function amountsOf({ requests, limits }: OurContainer, bound: "request" | "limit"): Amounts {
	return bound === "request" ? requests : limits;
}

/** Negative, 0 or positive; 0 also where there is nothing to compare. */
function compare(amount: string | undefined, other: string): number {
	const [a, b] = [amount ?? "", other].map(quantityValue);
	return a === undefined || b === undefined ? 0 : a - b;
}

/** The annotation's name without its prefix. */
function settingOf(container: string, resource: string, bound: string): string {
	return `${container === "shunt-proxy" ? "proxy" : "init"}-${resource}-${bound}`;
}

function list(items: readonly string[]): string {
	return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
