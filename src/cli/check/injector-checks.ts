import { AppsV1Api, CoreV1Api, DiscoveryV1Api, RbacAuthorizationV1Api } from "@kubernetes/client-node";
import { injectorName } from "../chart/store.ts";
import { type Check, failed, passed, passedWith } from "./check.ts";

const mayWork: Check = {
	id: "injector-rbac",
	description: "the injector has its service account and its rights",
	isWorthWaiting: true,
	run: async ({ cluster, namespace }) => {
		const rbac = cluster.api(RbacAuthorizationV1Api);
		const name = injectorName;
		const found = {
			ServiceAccount: await cluster.find(
				cluster.api(CoreV1Api).readNamespacedServiceAccount({ name, namespace }),
			),
			ClusterRole: await cluster.find(rbac.readClusterRole({ name })),
			ClusterRoleBinding: await cluster.find(rbac.readClusterRoleBinding({ name })),
			Role: await cluster.find(rbac.readNamespacedRole({ name, namespace })),
			RoleBinding: await cluster.find(rbac.readNamespacedRoleBinding({ name, namespace })),
		};
		const missing = Object.entries(found).filter(([, object]) => object === undefined);
		return missing.length === 0
			? passed
			: failed(
					"parts are missing",
					missing.map(([kind]) => `${kind} ${name}`),
				);
	},
};

const available: Check = {
	id: "injector-available",
	description: "the injector's Deployment is available, in its newest form",
	isWorthWaiting: true,
	run: async ({ cluster, namespace }) => {
		const apps = cluster.api(AppsV1Api);
		const found = await cluster.find(apps.readNamespacedDeployment({ name: injectorName, namespace }));
		if (found === undefined) {
			return failed(`there is no Deployment ${injectorName} in namespace ${namespace}`);
		}
		const wanted = found.spec?.replicas ?? 1;
		const { updatedReplicas = 0, availableReplicas = 0, observedGeneration = 0 } = found.status ?? {};
		const counts = `${availableReplicas} of ${wanted} available, ${updatedReplicas} in the newest form`;
		const isCurrent = observedGeneration >= (found.metadata?.generation ?? 0) && updatedReplicas >= wanted;
		return isCurrent && availableReplicas >= wanted && wanted > 0 ? passedWith(counts) : failed(counts);
	},
};

const served: Check = {
	id: "injector-service",
	description: "the injector's Service leads to a pod that is ready",
	isWorthWaiting: true,
	run: async ({ cluster, namespace }) => {
		const core = cluster.api(CoreV1Api);
		if ((await cluster.find(core.readNamespacedService({ name: injectorName, namespace }))) === undefined) {
			return failed(`there is no Service ${injectorName} in namespace ${namespace}`);
		}
		const labelSelector = `kubernetes.io/service-name=${injectorName}`;
		const slices = await cluster.ask(
			cluster.api(DiscoveryV1Api).listNamespacedEndpointSlice({ namespace, labelSelector }),
		);
		const ready = slices.items
			.flatMap(({ endpoints }) => endpoints ?? [])
			.filter(({ conditions }) => conditions?.ready !== false);
		return ready.length > 0 ? passed : failed("no pod behind it is ready");
	},
};

export const injector: readonly Check[] = [mayWork, available, served];
