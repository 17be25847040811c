import type { V1Pod } from "@kubernetes/client-node";
import { isReady, nameOf, ownPods, plain } from "../cluster/pods.ts";
import { type Check, failed, listed, passedWith, skipped, withConfig } from "./check.ts";
import { formatRedirection, redirectionOf } from "./pod-mode.ts";

const ready: Check = {
	id: "control-plane-ready",
	description: "the control plane's pods are ready",
	isWorthWaiting: true,
	run: async ({ cluster, namespace }) => {
		const pods = await ownPods(cluster, namespace);
		if (pods.length === 0) {
			return failed(`there are none in namespace ${namespace}`);
		}
		const unready = pods.filter((pod) => !isReady(pod));
		return unready.length === 0
			? passedWith(`${pods.length} of ${pods.length}`)
			: failed(`${unready.length} of ${pods.length} are not`, listed(unready.map(describe)));
	},
};

/** With the kubelet's own word for what is wrong, where it has one. */
function describe(pod: V1Pod): string {
	const { containerStatuses = [], initContainerStatuses = [], phase } = pod.status ?? {};
	const reason = [...initContainerStatuses, ...containerStatuses]
		.map(({ name, state }) => {
			const word = state?.waiting?.reason ?? state?.terminated?.reason;
			return word === undefined || word === "Completed" ? undefined : `${name}: ${word}`;
		})
		.find((text) => text !== undefined);
	return `${nameOf(pod)}: ${reason ?? phase ?? "unknown"}`;
}

const ownMode: Check = {
	id: "control-plane-mode",
	description: "the control plane's pods are in the release's mode themselves",
	isWorthWaiting: true,
	run: (context) =>
		withConfig(context, async ({ cniEnabled, mode }) => {
			const pods = await ownPods(context.cluster, context.namespace);
			if (cniEnabled || pods.length === 0) {
				return skipped(cniEnabled ? "the CNI plugin makes the rules" : "there are no pods");
			}
			const others = pods.flatMap((pod) => {
				const found = redirectionOf(plain(pod));
				const isSame = found?.kind === "mode" && found.mode === mode;
				return isSame ? [] : [`${nameOf(pod)}: ${found ? formatRedirection(found) : "no proxy"}`];
			});
			return others.length === 0
				? passedWith(`mode ${mode}`)
				: failed(`${others.length} of ${pods.length} are not in mode ${mode}`, listed(others));
		}),
};

export const controlPlane: readonly Check[] = [ready, ownMode];
