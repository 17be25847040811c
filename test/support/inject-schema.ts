import { DaemonSet } from "kubernetes-models/apps/v1/DaemonSet";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { ReplicaSet } from "kubernetes-models/apps/v1/ReplicaSet";
import { StatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import { CronJob } from "kubernetes-models/batch/v1/CronJob";
import { Job } from "kubernetes-models/batch/v1/Job";
import { Pod } from "kubernetes-models/v1/Pod";
import { ReplicationController } from "kubernetes-models/v1/ReplicationController";
import type { Json, JsonObject } from "../../src/inject/json.ts";
import { targetsOf } from "../../src/inject/workload.ts";

const models = { Pod, Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob, ReplicationController };

/** What Kubernetes' own OpenAPI schema has against the workloads in a document, fields it does not know included. */
export function schemaProblems(document: Json): string[] {
	return targetsOf(document).flatMap(({ kind, object, podPath }) => {
		const model = models[kind as keyof typeof models];
		return podPath === undefined || model === undefined ? [] : problemsOf(model, object);
	});
}

/** A class of kubernetes-models. */
export interface Model {
	readonly prototype: { validate(): void };
}

/** The same against one model. */
export function problemsOf(model: Model, object: JsonObject): string[] {
	const watched = watch(object, "");
	try {
		// Not on an instance, whose constructor copies the object and so looks at everything.
		model.prototype.validate.call(watched.value);
	} catch (error) {
		return [error instanceof Error ? error.message : String(error)];
	}
	return watched.unread();
}

interface Watched {
	readonly value: object;
	/** What is in the object but was never looked at. */
	unread(): string[];
}

/**
 * The schema allows fields that it does not know, as OpenAPI schemas do, but the API server drops them. The validators
 * look at every field that they do know, so one that nobody looked at is not a field of Kubernetes'.
 */
function watch(object: object, path: string): Watched {
	const read = new Set<PropertyKey>();
	const below = new Map<PropertyKey, Watched>();
	const value = new Proxy(object, {
		get(target, key) {
			read.add(key);
			const found: unknown = Reflect.get(target, key);
			if (typeof found !== "object" || found === null) {
				return found;
			}
			const watched = below.get(key) ?? watch(found, `${path}/${String(key)}`);
			below.set(key, watched);
			return watched.value;
		},
	});
	return {
		value,
		unread: () => [
			...Object.keys(object)
				// What a field manager owns is free of form.
				.filter((key) => !read.has(key) && !path.endsWith("/fieldsV1"))
				.map((key) => `${path}/${key} is not a field of Kubernetes'`),
			...[...below.values()].flatMap((watched) => watched.unread()),
		],
	};
}
