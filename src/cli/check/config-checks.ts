import { VersionApi } from "@kubernetes/client-node";
import { defaultMode } from "../../domain/mode.ts";
import { get, isObject } from "../../inject/json.ts";
import { storeName } from "../chart/store.ts";
import { firstFamily } from "../cluster/cluster-objects.ts";
import { annotationsFollowed } from "./annotation-checks.ts";
import { type Check, failed, passed, passedWith, skipped, warning, withConfig } from "./check.ts";
import { isAtLeast } from "./kubernetes-checks.ts";
import { quotasMet } from "./namespace-checks.ts";
import { levelsMet } from "./pod-security-checks.ts";
import type { Reading } from "./release.ts";

const exists: Check = {
	id: "config-exists",
	description: "the namespace has a release's ConfigMap",
	isWorthWaiting: true,
	isFatal: true,
	run: async ({ release, namespace }) =>
		(await release.values()).kind === "absent"
			? failed(`there is no ConfigMap ${storeName} in namespace ${namespace}`)
			: passed,
};

const valuesReadable: Check = {
	id: "config-values",
	description: "the release's stored values can be read",
	run: async ({ release }) => asOutcome(await release.values(), '"shunt upgrade" cannot build on them'),
};

const configReadable: Check = {
	id: "config-injector",
	description: "the injector's configuration is valid",
	run: async ({ release }) =>
		asOutcome(await release.config(), "the injector goes on with its last good one"),
};

function asOutcome(reading: Reading<unknown>, consequence: string) {
	switch (reading.kind) {
		case "read":
			return passed;
		case "absent":
			return failed(`the ConfigMap ${storeName} is gone`);
		case "unreadable":
			return failed(consequence, reading.complaints);
	}
}

/** Somebody may have edited one of the two by hand. */
const modeStored: Check = {
	id: "config-mode",
	description: "the stored values and the injector's configuration name one mode",
	run: (context) =>
		withConfig(context, async (config) => {
			const values = await context.release.values();
			if (values.kind !== "read") {
				return skipped("the stored values cannot be read");
			}
			const proxyInit = get(values.value, "proxyInit");
			const stored = isObject(proxyInit) ? get(proxyInit, "iptablesMode") : undefined;
			const mode = stored === "iptables" || stored === undefined ? defaultMode : stored;
			return mode === config.mode
				? passedWith(config.cniEnabled ? "the CNI plugin's" : `mode ${config.mode}`)
				: warning(
						`pods get mode ${config.mode}, and the next "shunt upgrade" would make it ${JSON.stringify(mode)}`,
					);
		}),
};

/** https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/: on by default since 1.29. */
const sidecarsMinor = 29;

const nativeSidecars: Check = {
	id: "config-native-sidecars",
	description: "the cluster runs native sidecars, where the release asks for them",
	run: (context) =>
		withConfig(context, async ({ proxy }) => {
			if (!proxy.nativeSidecar) {
				return passedWith("it does not");
			}
			const found = await context.cluster.ask(context.cluster.api(VersionApi).getCode());
			return isAtLeast(found, sidecarsMinor)
				? passed
				: failed(
						`the cluster runs ${found.gitVersion}, and they came with 1.${sidecarsMinor}: set proxy.nativeSidecar=false`,
					);
		}),
};

const familiesServed: Check = {
	id: "config-families",
	description: "the address family that pods have first is not left out",
	run: (context) =>
		withConfig(context, async ({ defaults }) => {
			const first = await firstFamily(context.cluster);
			return first === undefined || defaults.policy.families.includes(first)
				? passed
				: failed("kubelets probe pods by IPv6 here, and no proxy listens there: set disableIPv6=false");
		}),
};

export const configuration: readonly Check[] = [
	exists,
	valuesReadable,
	configReadable,
	modeStored,
	nativeSidecars,
	familiesServed,
	annotationsFollowed,
	quotasMet,
	levelsMet,
];
