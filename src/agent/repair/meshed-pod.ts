import { parseAddress } from "../../domain/cidr.ts";
import { exitCodes } from "../../domain/exit-code.ts";
import type { RedirectPolicy } from "../../policy/redirect-policy.ts";
import type { ContainerState, NodePod, PodWord } from "../pod-verdict.ts";

/** A pod whose rules the plugin makes, as far as looking after them goes. */
export interface MeshedPod {
	/** The API server's. */
	readonly uid: string;
	readonly namespace: string;
	readonly name: string;
	/** What its rules are to do. */
	readonly policy: RedirectPolicy;
	/** Each as a byte string of 4 or 16; none before the pod has a network. */
	readonly addresses: readonly string[];
	/** How often a validator in it has ended with the status that says that nothing is redirected. */
	readonly validatorFailures: number;
	/** Somebody makes another one when it is deleted. */
	readonly hasController: boolean;
}

/**
 * Undefined for a pod that is to be left alone: it is none of the plugin's, it ends, or what is said of it cannot be
 * understood.
 */
export function meshedPod(pod: NodePod, word: PodWord): MeshedPod | undefined {
	const { uid, deletionTimestamp, ownerReferences = [] } = pod.metadata ?? {};
	if (word.kind !== "told" || word.verdict.kind !== "redirect") {
		return undefined;
	}
	if (uid === undefined || (deletionTimestamp ?? undefined) !== undefined) {
		return undefined;
	}
	const { namespace, name } = word.pod;
	return {
		...{ uid, namespace, name, policy: word.verdict.policy },
		addresses: addressesOf(pod),
		validatorFailures: validatorFailures(pod),
		hasController: ownerReferences.some(({ controller }) => controller === true),
	};
}

/** Also of pods that are not meshed: no two have the same. */
export function addressesOf({ status }: NodePod): readonly string[] {
	return (status?.podIPs ?? []).flatMap(({ ip = "" }) => {
		const address = parseAddress(ip);
		return address === undefined ? [] : [String.fromCharCode(...address.bytes)];
	});
}

/** Ours and Linkerd's (partials.network-validator in its charts). */
const validators: readonly string[] = ["shunt-network-validator", "linkerd-network-validator"];

/**
 * A number that becomes another with each failure: the kubelet counts a container's starts, and the last end of it stands in
 * `state` until the next start and then in `lastState`.
 */
function validatorFailures({ status }: NodePod): number {
	return (status?.initContainerStatuses ?? [])
		.filter(({ name = "" }) => validators.includes(name))
		.map(({ state, lastState, restartCount = 0 }) =>
			hasFailed(state) ? restartCount + 1 : hasFailed(lastState) ? restartCount : 0,
		)
		.reduce((sum, each) => sum + each, 0);
}

function hasFailed(state: ContainerState | undefined): boolean {
	return state?.terminated?.exitCode === exitCodes.validationFailed;
}
