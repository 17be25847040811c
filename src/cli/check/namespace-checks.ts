import { CoreV1Api, type V1LimitRange, type V1Namespace } from "@kubernetes/client-node";
import type { InjectConfig } from "../../inject/config.ts";
import { type JsonObject, objectAt, textAt } from "../../inject/json.ts";
import { allPages, type Cluster } from "../../kube/cluster.ts";
import { configPrefix } from "../../policy/annotation-keys.ts";
import { type Check, withConfig } from "./check.ts";
import { injectableNamespaces, injectedContainers, outcomeOver } from "./injectable-namespaces.ts";
import {
	type Amounts,
	filledIn,
	type OurContainer,
	podRangeComplaints,
	quotaComplaints,
	type ResourceRange,
	rangeComplaints,
	silent,
	wantedByQuota,
} from "./namespace-rules.ts";

interface Finding {
	readonly namespace: string;
	readonly rule: string;
	readonly reason: string;
}

/** Pods that are injected there would be refused; nothing says so but the controllers' events. */
export const quotasMet: Check = {
	id: "config-quotas",
	description: "the namespaces' quotas and limit ranges take the injected containers",
	run: (context) =>
		withConfig(context, async (config) => {
			const { cluster } = context;
			const [namespaces, rules] = await Promise.all([injectableNamespaces(cluster), readRules(cluster)]);
			const findings = namespaces.flatMap((namespace) => findingsIn(namespace, rules, config));
			return outcomeOver(namespaces, findings, {
				message: (howMany) =>
					`${howMany} refuse injected pods: annotate them (${configPrefix}…) or change the release's values`,
				detail: ({ rule, reason }) => `${rule}: ${reason}`,
			});
		}),
};

interface Rules {
	readonly quotas: readonly { readonly namespace: string; readonly name: string; readonly hard: Amounts }[];
	readonly ranges: readonly {
		readonly namespace: string;
		readonly name: string;
		readonly range: ResourceRange;
	}[];
}

async function readRules(cluster: Cluster): Promise<Rules> {
	const core = cluster.api(CoreV1Api);
	const [quotas, ranges] = await Promise.all([
		allPages((page) => cluster.ask(core.listResourceQuotaForAllNamespaces(page))),
		allPages((page) => cluster.ask(core.listLimitRangeForAllNamespaces(page))),
	]);
	return {
		quotas: quotas.map(({ metadata, spec }) => ({ ...placeOf(metadata), hard: spec?.hard ?? {} })),
		ranges: ranges.flatMap(({ metadata, spec }) =>
			resourceRanges(spec).map((range) => ({ ...placeOf(metadata), range })),
		),
	};
}

function placeOf(metadata: V1Namespace["metadata"]) {
	return { namespace: metadata?.namespace ?? "", name: metadata?.name ?? "" };
}

/** Those for volumes are not about pods. */
function resourceRanges(spec: V1LimitRange["spec"]): ResourceRange[] {
	return (spec?.limits ?? []).flatMap(
		({ type, min = {}, max = {}, defaultRequest = {}, _default = {}, maxLimitRequestRatio = {} }) =>
			type === "Container" || type === "Pod"
				? [{ type, min, max, defaultRequest, default: _default, maxLimitRequestRatio }]
				: [],
	);
}

function findingsIn(namespace: V1Namespace, rules: Rules, config: InjectConfig): Finding[] {
	const name = namespace.metadata?.name ?? "";
	const quotas = rules.quotas.filter((quota) => quota.namespace === name);
	const ranges = rules.ranges.filter((range) => range.namespace === name);
	if (quotas.length + ranges.length === 0) {
		return [];
	}
	const limited = [
		...quotas.flatMap(({ hard }) => wantedByQuota(hard)).filter(({ bound }) => bound === "limit"),
		...ranges
			.flatMap(({ range }) => [...Object.keys(range.default), ...Object.keys(range.maxLimitRequestRatio)])
			.map((resource) => ({ resource })),
	].map(({ resource }) => resource);
	const filling = ranges.map(({ range }) => range).filter(({ type }) => type === "Container");
	const containers = ourContainers(namespace, limited, config).map((container) =>
		filledIn(container, filling),
	);
	const complaintsOf = (range: ResourceRange) =>
		range.type === "Pod"
			? podRangeComplaints(range, containers, silent(filling))
			: containers.flatMap((container) => rangeComplaints(range, container));
	return [
		...quotas.flatMap(({ name: quota, hard }) =>
			quotaComplaints(hard, containers).map((reason) => ({
				namespace: name,
				rule: `ResourceQuota ${quota}`,
				reason,
			})),
		),
		...ranges.flatMap(({ name: range, range: bounds }) =>
			complaintsOf(bounds).map((reason) => ({ namespace: name, rule: `LimitRange ${range}`, reason })),
		),
	];
}

/** What a pod of the namespace gets whose own container has what the namespace makes it have. None where it gets nothing. */
function ourContainers(
	namespace: V1Namespace,
	limited: readonly string[],
	config: InjectConfig,
): OurContainer[] {
	const limits = Object.fromEntries(limited.map((resource) => [resource, "1Gi"]));
	return injectedContainers(namespace, config, { whenUnannotated: "redirect", limits }).map((container) => {
		const resources = objectAt(container, "resources");
		return {
			name: textAt(container, "name") ?? "",
			requests: amountsIn(objectAt(resources, "requests")),
			limits: amountsIn(objectAt(resources, "limits")),
		};
	});
}

function amountsIn(object: JsonObject): Amounts {
	return Object.fromEntries(
		Object.keys(object).flatMap((key) => {
			const amount = textAt(object, key);
			return amount === undefined ? [] : [[key, amount]];
		}),
	);
}
