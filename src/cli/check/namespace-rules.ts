import { containerNames } from "../../inject/names.ts";
import { amountIn, exceeds, quantityValue } from "../../policy/setting-forms.ts";

export type Amounts = Readonly<Record<string, string>>;

/** One of the injected containers, as a pod of the namespace gets it. */
export interface OurContainer {
	readonly name: string;
	readonly requests: Amounts;
	readonly limits: Amounts;
}

/** A LimitRange's item for containers or for pods as a whole, as the API has it. The latter fills in nothing. */
export interface ResourceRange {
	readonly type: "Container" | "Pod";
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
export function filledIn(container: OurContainer, ranges: readonly ResourceRange[]): OurContainer {
	const limits = { ...merged(ranges, "default"), ...container.limits };
	const requests = { ...merged(ranges, "defaultRequest"), ...container.limits, ...container.requests };
	return { ...container, requests, limits };
}

/** What a container has that says nothing. */
export function silent(ranges: readonly ResourceRange[]): OurContainer {
	return filledIn({ name: "application", requests: {}, limits: {} }, ranges);
}

function merged(ranges: readonly ResourceRange[], key: "default" | "defaultRequest"): Amounts {
	return Object.fromEntries(ranges.flatMap((range) => Object.entries(range[key])));
}

/** Each of our containers by itself. */
export function rangeComplaints(range: ResourceRange, container: OurContainer): string[] {
	const { name } = container;
	const beyond = (amounts: Amounts, sign: 1 | -1, what: string) =>
		Object.entries(amounts).flatMap(([resource, amount]) =>
			bounds
				.filter((bound) => sign * compare(amountsOf(container, bound)[resource], amount) > 0)
				.map((bound) => complaint(container, { resource, bound, what: `${what}, ${amount}` })),
		);
	const absent = Object.keys(range.maxLimitRequestRatio).flatMap((resource) => {
		const missing = bounds.filter((bound) => amountsOf(container, bound)[resource] === undefined);
		return missing.length === 0
			? []
			: [
					`${name} has no ${resource} ${list(missing)}, which are to have a ratio: set ${list(missing.map((bound) => settingOf(name, resource, bound)))}`,
				];
	});
	return [
		...beyond(range.min, -1, "less than the least"),
		...beyond(range.max, 1, "more than the most"),
		...absent,
		...apart(range, container),
	];
}

/**
 * A pod with our containers beside its own: what all of them have together may be too much, and so may what the init
 * container has alone, which runs before the others (PodLimits in component-helpers, as limitranger calls it).
 */
export function podRangeComplaints(
	range: ResourceRange,
	containers: readonly OurContainer[],
	own: OurContainer,
): string[] {
	const beyond = Object.entries(range.max).flatMap(([resource, most]) =>
		bounds.flatMap((bound) => {
			const besides = amountIn(amountsOf(own, bound)[resource]);
			const isTooMuch = (container: OurContainer) =>
				exceeds(
					amountIn(amountsOf(container, bound)[resource]) + (isProxy(container) ? besides : 0),
					amountIn(most),
				);
			const what = `with which a pod has more than the most, ${most}`;
			return exceeds(besides, amountIn(most))
				? []
				: containers.filter(isTooMuch).map((container) => complaint(container, { resource, bound, what }));
		}),
	);
	return [...beyond, ...containers.flatMap((container) => apart(range, container))];
}

const bounds = ["request", "limit"] as const;

function complaint(
	container: OurContainer,
	{ resource, bound, what }: { resource: string; bound: (typeof bounds)[number]; what: string },
): string {
	const amount = amountsOf(container, bound)[resource] ?? "missing";
	return `${container.name}'s ${resource} ${bound} is ${amount}, ${what}: set ${settingOf(container.name, resource, bound)}`;
}

function apart({ maxLimitRequestRatio }: ResourceRange, container: OurContainer): string[] {
	return Object.entries(maxLimitRequestRatio).flatMap(([resource, most]) => {
		const [request, limit] = [container.requests[resource], container.limits[resource]].map(amountIn);
		const isTooMuch = request && limit && limit / request > amountIn(most);
		const what = `more than ${most} times the request`;
		return isTooMuch ? [complaint(container, { resource, bound: "limit", what })] : [];
	});
}

function isProxy({ name }: OurContainer): boolean {
	return name === containerNames.proxy;
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
	return `${container === containerNames.proxy ? "proxy" : "init"}-${resource}-${bound}`;
}

function list(items: readonly string[]): string {
	return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
