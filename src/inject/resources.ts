import type { Problem } from "../domain/problem.ts";
import {
	amountIn,
	type Bounds,
	type ContainerResources,
	exceeds,
	isAboveLimit,
	quantityValue,
	type ResourceName,
	resourceNames,
} from "../policy/setting-forms.ts";
import { annotationsOf, get, type JsonObject, objectAt, objectsAt, textAt } from "./json.ts";
import type { Redirection } from "./redirection.ts";

/** What a short-lived container has where nobody says anything. */
type Small = Readonly<Record<"cpu" | "memory", { readonly request: string; readonly limit: string }>>;

/** Thrice what `shunt init` takes for 20,000 ports. Its processes take some 20 ms of a processor. */
const smallInit: Small = {
	cpu: { request: "10m", limit: "100m" },
	memory: { request: "16Mi", limit: "64Mi" },
};

/** `shunt validate` runs in Node. */
const smallValidator: Small = {
	cpu: { request: "10m", limit: "500m" },
	memory: { request: "64Mi", limit: "256Mi" },
};

/** What the annotations ask for, and else what the configuration does; nothing where nobody asks, as with Linkerd. */
export function proxyResources(pod: JsonObject, { config, settings }: Redirection): ContainerResources {
	return fitted(pod, overlaid(config.proxy.resources, settings.resources));
}

/**
 * The init container's or the validator's. Where nobody says what it asks for, that is as much as the proxy: a pod's
 * request is the larger of the two, so that it costs nothing extra. And where nobody says that either, a little, because
 * a namespace's quota may demand it of every container.
 */
export function firstResources(pod: JsonObject, redirection: Redirection): ContainerResources {
	const { config, settings } = redirection;
	const given = overlaid(config.init.resources, settings.initResources);
	const proxy = overlaid(config.proxy.resources, settings.resources);
	const small = config.cniEnabled ? smallValidator : smallInit;
	const boundsOf = (resource: keyof Small) =>
		stated(given[resource]) ?? stated(proxy[resource]) ?? adapted(pod, resource, small);
	return fitted(pod, { ...overlaid(proxy, given), cpu: boundsOf("cpu"), memory: boundsOf("memory") });
}

interface OwnedResources {
	/** How the settings of it begin. */
	readonly owner: "proxy" | "init";
	readonly resources: ContainerResources;
}

function injectedResources(pod: JsonObject, redirection: Redirection): OwnedResources[] {
	const { cniEnabled, validator } = redirection.config;
	return [
		...(cniEnabled && !validator.enabled
			? []
			: [{ owner: "init" as const, resources: firstResources(pod, redirection) }]),
		{ owner: "proxy", resources: proxyResources(pod, redirection) },
	];
}

/** Request and limit may come from different places: values, a namespace's annotations, the pod's own. */
export function resourceProblems(pod: JsonObject, redirection: Redirection): Problem[] {
	return injectedResources(pod, redirection).flatMap(({ owner, resources }) =>
		resourceNames.flatMap((name) => {
			const { request = "", limit = "" } = resources[name] ?? {};
			return isAboveLimit(request, limit)
				? [
						{
							source: `${owner}-${name}-request`,
							value: request,
							complaint: `is more than the limit, ${limit}`,
							accepted: `at most that, or a higher ${owner}-${name}-limit, by annotation or by value`,
						},
					]
				: [];
		}),
	);
}

/**
 * A pod is Guaranteed, the last to be evicted, only where every container's requests are its limits (ComputePodQOS in
 * pkg/apis/core/v1/helper/qos). One that would be it without ours says so to whoever makes it.
 */
export function qualityWarnings(pod: JsonObject, redirection: Redirection): string[] {
	const spec = objectAt(pod, "spec");
	const own = ["containers", "initContainers"].flatMap((key) => objectsAt(spec, key));
	const isSo = own.every((container) =>
		guaranteeing.every((name) => isGuaranteed(boundsOf(objectAt(container, "resources"), name))),
	);
	const missing = injectedResources(pod, redirection).flatMap(({ owner, resources }) =>
		guaranteeing
			.filter(
				(name) => !isGuaranteed(resources[name]) && !(isUnsaid(resources[name]) && isFilledIn(pod, name)),
			)
			.map((name) => `${owner}-${name}-limit`),
	);
	return own.length === 0 || !isSo || missing.length === 0 || hasPodResources(pod)
		? []
		: [
				`the pod would be Guaranteed, and is Burstable with the injected containers: set ${missing.join(", ")}, and requests as high or none`,
			];
}

const guaranteeing = ["cpu", "memory"] as const;

function boundsOf(resources: JsonObject, name: ResourceName): Bounds {
	const amount = (key: string) => {
		const value = get(objectAt(resources, key), name);
		return value === undefined || value === null ? undefined : `${value}`;
	};
	return { request: amount("requests"), limit: amount("limits") };
}

/** The API server makes a limit the request too, where there is none. */
function isGuaranteed({ request, limit }: Bounds = { request: undefined, limit: undefined }): boolean {
	const most = quantityValue(limit ?? "") ?? 0;
	return most > 0 && (request === undefined || quantityValue(request) === most);
}

function isUnsaid(bounds: Bounds | undefined): boolean {
	return stated(bounds) === undefined;
}

/**
 * Whether the pod as a whole has resources, which its containers share (on by default since Kubernetes 1.34). The sum of
 * its containers' requests may not be more than its own (validatePodResourceConsistency in pkg/apis/core/validation),
 * and what it leaves unsaid is made of what they say; quotas then ask nothing of the containers.
 */
export function hasPodResources(pod: JsonObject): boolean {
	const resources = objectAt(objectAt(pod, "spec"), "resources");
	return ["requests", "limits"]
		.flatMap((key) => Object.keys(objectAt(resources, key)))
		.some((name) => name === "cpu" || name === "memory" || name.startsWith("hugepages-"));
}

/** Disk space is nothing that a pod as a whole can have. */
function fitted(pod: JsonObject, resources: ContainerResources): ContainerResources {
	return hasPodResources(pod)
		? {
				cpu: shareOf(pod, "cpu"),
				memory: shareOf(pod, "memory"),
				"ephemeral-storage": resources["ephemeral-storage"],
			}
		: resources;
}

/**
 * What one of ours asks for of what its pod has as a whole. Where the pod's own containers all ask for something, a
 * LimitRange may be about to fill in for the silent, and more than the pod has left. It may want a least amount too, which
 * the smallest of the pod's own requests meets; so it does what is filled in, and ours must not come to ask for more than
 * a limit that is filled in.
 */
function shareOf(pod: JsonObject, resource: keyof Small): Bounds | undefined {
	const spec = objectAt(pod, "spec");
	const whole = boundsOf(objectAt(spec, "resources"), resource);
	const asked = requestsOf(
		[...objectsAt(spec, "containers"), ...objectsAt(spec, "initContainers").filter(isLasting)],
		resource,
	);
	if (asked.length === 0 || asked.includes(undefined)) {
		return undefined;
	}
	const taken = Math.max(sum(asked), mostAtStart(objectsAt(spec, "initContainers"), resource));
	const most = quantityValue(whole.request ?? whole.limit ?? "") ?? Number.POSITIVE_INFINITY;
	const fits = (text: string | undefined) => !exceeds(taken + amountIn(text), most);
	const { request, limit } = smallInit[resource];
	const least = smallest(isFilledIn(pod, resource) ? asked : [...asked, limit]);
	return { request: [least, request].find(fits) ?? "0", limit: undefined };
}

/** Init containers run before the others, but beside our proxy and the sidecars that began before them. */
function mostAtStart(initContainers: readonly JsonObject[], resource: ResourceName): number {
	return Math.max(
		0,
		...initContainers.map((container, index) =>
			sum(requestsOf([...initContainers.slice(0, index).filter(isLasting), container], resource)),
		),
	);
}

function isLasting(container: JsonObject): boolean {
	return textAt(container, "restartPolicy") === "Always";
}

function requestsOf(containers: readonly JsonObject[], resource: ResourceName): (string | undefined)[] {
	return containers.map((container) => boundsOf(objectAt(container, "resources"), resource).request);
}

function smallest(amounts: readonly (string | undefined)[]): string | undefined {
	return amounts.toSorted((a, b) => amountIn(a) - amountIn(b))[0];
}

function sum(amounts: readonly (string | undefined)[]): number {
	return amounts.map(amountIn).reduce((total, amount) => total + amount, 0);
}

function overlaid(below: ContainerResources, above: ContainerResources): ContainerResources {
	const merged = resourceNames.map((name) => {
		const [low, high] = [below[name], above[name]];
		return [name, { request: high?.request ?? low?.request, limit: high?.limit ?? low?.limit }];
	});
	return Object.fromEntries(merged);
}

/** Request and limit come from one place, since a request above its limit is refused. */
function stated(bounds: Bounds | undefined): Bounds | undefined {
	return bounds?.request === undefined && bounds?.limit === undefined ? undefined : bounds;
}

/**
 * A namespace's LimitRange may stand behind what the pod's own containers have, with a least amount, or a greatest ratio
 * of limit to request. Where the API server filled in theirs, it will do that for ours. Where all have limits of their
 * own, a request as high as the limit is the safest, and costs little beside theirs.
 */
function adapted(pod: JsonObject, resource: keyof Small, small: Small): Bounds {
	if (isFilledIn(pod, resource)) {
		return { request: undefined, limit: undefined };
	}
	const containers = objectsAt(objectAt(pod, "spec"), "containers");
	const areLimited = containers.every(
		(container) => get(objectAt(objectAt(container, "resources"), "limits"), resource) !== undefined,
	);
	const { request, limit } = small[resource];
	return { request: areLimited && containers.length > 0 ? limit : request, limit };
}

/** As the plugin says itself, before webhooks are asked: "LimitRanger plugin set: cpu, memory request for container app". */
function isFilledIn(pod: JsonObject, resource: string): boolean {
	const said = textAt(annotationsOf(pod), "kubernetes.io/limit-ranger") ?? "";
	return new RegExp(`\\b${resource}\\b[^;]* (?:request|limit) for `).test(said);
}
