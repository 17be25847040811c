import { injectedAnnotation, redirectAnnotation } from "../policy/annotation-keys.ts";
import { formatStamp } from "../policy/pod-policy-stamp.ts";
import { initContainer, initVolume } from "./init-container.ts";
import { annotationsOf, type JsonObject, objectAt, objectsAt, without } from "./json.ts";
import { proxyContainer } from "./proxy-container.ts";
import { formatRecord, recordOf, setAnnotations } from "./record.ts";
import { closeWaitOf, isNativeSidecar, type Redirection, volumeOf } from "./redirection.ts";
import { firstResources, proxyResources } from "./resources.ts";
import { validatorContainer } from "./validator-container.ts";

/** The pod with its containers, its volume, and the stamps that tell what was decided and what was added. */
export function insertContainers(pod: JsonObject, redirection: Redirection): JsonObject {
	const { policy, set } = redirection;
	const volume = volumeOf(redirection);
	const { pod: annotated, changes } = setAnnotations(pod, set);
	const record = recordOf(pod, {
		volumes: volume === undefined ? [] : [volume],
		annotations: { ...changes, replaced: { ...changes.replaced, ...stampsOf(pod) } },
	});
	const stamp = formatStamp(policy, annotationsOf(annotated));
	const { pod: stamped } = setAnnotations(annotated, {
		[redirectAnnotation]: stamp,
		[injectedAnnotation]: formatRecord(record),
	});
	return { ...stamped, spec: specWith(pod, redirection, stamp) };
}

/** Stamps that were there before: of a copied manifest, or of whoever only annotated it. */
function stampsOf(pod: JsonObject): JsonObject {
	return without(annotationsOf(pod), (name) => name !== redirectAnnotation && name !== injectedAnnotation);
}

function specWith(pod: JsonObject, redirection: Redirection, stamp: string): JsonObject {
	const spec = objectAt(pod, "spec");
	const first = firstContainers(redirection, pod, stamp);
	const proxy = proxyFor(redirection, pod);
	const initContainers = objectsAt(spec, "initContainers");
	const volumes = redirection.config.cniEnabled ? [] : [initVolume(redirection.config)];
	const added = isNativeSidecar(redirection)
		? { initContainers: [...first, proxy, ...initContainers] }
		: {
				...(first.length > 0 ? { initContainers: [...initContainers, ...first] } : {}),
				containers: [...objectsAt(spec, "containers"), proxy],
			};
	return {
		...spec,
		...added,
		...(volumes.length > 0 ? { volumes: [...objectsAt(spec, "volumes"), ...volumes] } : {}),
	};
}

/** What makes the rules, or else waits until the CNI plugin's work. */
function firstContainers(redirection: Redirection, pod: JsonObject, stamp: string): JsonObject[] {
	const { config, policy } = redirection;
	const resources = firstResources(pod, redirection);
	if (!config.cniEnabled) {
		return [initContainer(policy, config, { closeWaitSeconds: closeWaitOf(redirection), resources })];
	}
	return config.validator.enabled ? [validatorContainer(config, resources, stamp)] : [];
}

function proxyFor(redirection: Redirection, pod: JsonObject): JsonObject {
	const { config, policy, settings } = redirection;
	return proxyContainer({
		policy,
		settings,
		proxy: config.proxy,
		ports: {
			inbound: policy.inbound.proxyPort,
			outbound: policy.outbound.proxyPort,
			admin: settings.adminPort ?? 0,
			control: settings.controlPort ?? 0,
		},
		nativeSidecar: isNativeSidecar(redirection),
		resources: proxyResources(pod, redirection),
	});
}
