import type { Json, JsonObject } from "../../../src/inject/json.ts";

export interface ReviewOptions {
	readonly uid?: string;
	readonly namespace?: string;
	readonly operation?: string;
	readonly dryRun?: boolean;
}

/** As an API server sends it when a ReplicaSet makes a pod. */
export function reviewOf(object: Json, options: ReviewOptions = {}): JsonObject {
	const { uid = "705ab4f5-6393-11e8-b7cc-42010a800002", namespace = "web", operation = "CREATE" } = options;
	const pods = { group: "", version: "v1", resource: "pods" };
	const kind = { group: "", version: "v1", kind: "Pod" };
	return {
		kind: "AdmissionReview",
		apiVersion: "admission.k8s.io/v1",
		request: {
			uid,
			kind,
			resource: pods,
			requestKind: kind,
			requestResource: pods,
			namespace,
			operation,
			userInfo: {
				username: "system:serviceaccount:kube-system:replicaset-controller",
				uid: "1c8c1b63-0a36-4a3c-9a0f-3f1d8f8f1b60",
				groups: ["system:serviceaccounts", "system:authenticated"],
			},
			object,
			oldObject: null,
			dryRun: options.dryRun ?? false,
			options: { kind: "CreateOptions", apiVersion: "meta.k8s.io/v1" },
		},
	};
}

/** A pod as the API server completes it before webhooks see it: a few kilobytes, most of it defaults. */
export function typicalPod(
	annotations: Readonly<Record<string, string>> = { "shunt.dev/inject": "enabled" },
) {
	return {
		apiVersion: "v1",
		kind: "Pod",
		metadata: {
			generateName: "web-5d4f8c7b9d-",
			namespace: "web",
			creationTimestamp: null,
			labels: { app: "web", "pod-template-hash": "5d4f8c7b9d", "app.kubernetes.io/managed-by": "Helm" },
			annotations: { "prometheus.io/scrape": "true", "checksum/config": "a".repeat(64), ...annotations },
			ownerReferences: [
				{
					apiVersion: "apps/v1",
					kind: "ReplicaSet",
					name: "web-5d4f8c7b9d",
					uid: "2d1f0b0a-9f5e-4a73-8f57-0c5c9a5a3f11",
					controller: true,
					blockOwnerDeletion: true,
				},
			],
			managedFields: [
				{
					manager: "kube-controller-manager",
					operation: "Update",
					apiVersion: "v1",
					time: "2026-11-23T08:00:00Z",
					fieldsType: "FieldsV1",
					fieldsV1: {
						"f:metadata": { "f:labels": { ".": {}, "f:app": {} } },
						"f:spec": { "f:containers": {} },
					},
				},
			],
		},
		spec: {
			volumes: [
				{ name: "config", configMap: { name: "web", defaultMode: 420 } },
				{
					name: "kube-api-access-x7k2p",
					projected: {
						defaultMode: 420,
						sources: [
							{ serviceAccountToken: { expirationSeconds: 3607, path: "token" } },
							{ configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
						],
					},
				},
			],
			containers: ["web", "exporter"].map((name, index) => ({
				name,
				image: `registry.example.com/team/${name}:1.27.3`,
				args: ["--listen", `:${8080 + index}`, "--log-format", "json"],
				ports: [{ name: "http", containerPort: 8080 + index, protocol: "TCP" }],
				env: Array.from({ length: 12 }, (_, number) => ({
					name: `SETTING_${number}`,
					value: `value ${number}`,
				})),
				resources: { limits: { memory: "256Mi" }, requests: { cpu: "100m", memory: "128Mi" } },
				volumeMounts: [
					{ name: "config", mountPath: "/etc/web" },
					{
						name: "kube-api-access-x7k2p",
						readOnly: true,
						mountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
					},
				],
				livenessProbe: { httpGet: { path: "/healthz", port: "http", scheme: "HTTP" }, periodSeconds: 10 },
				readinessProbe: { httpGet: { path: "/readyz", port: "http", scheme: "HTTP" }, periodSeconds: 5 },
				terminationMessagePath: "/dev/termination-log",
				terminationMessagePolicy: "File",
				imagePullPolicy: "IfNotPresent",
				securityContext: {
					runAsNonRoot: true,
					allowPrivilegeEscalation: false,
					capabilities: { drop: ["ALL"] },
				},
			})),
			restartPolicy: "Always",
			terminationGracePeriodSeconds: 30,
			dnsPolicy: "ClusterFirst",
			serviceAccountName: "web",
			serviceAccount: "web",
			securityContext: { fsGroup: 2000 },
			schedulerName: "default-scheduler",
			tolerations: [
				{
					key: "node.kubernetes.io/not-ready",
					operator: "Exists",
					effect: "NoExecute",
					tolerationSeconds: 300,
				},
			],
			priority: 0,
			enableServiceLinks: true,
			preemptionPolicy: "PreemptLowerPriority",
		},
		status: {},
	} satisfies JsonObject;
}
