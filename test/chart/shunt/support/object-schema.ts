import { MutatingWebhookConfiguration } from "kubernetes-models/admissionregistration.k8s.io/v1/MutatingWebhookConfiguration";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { ClusterRole } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole";
import { ClusterRoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding";
import { Role } from "kubernetes-models/rbac.authorization.k8s.io/v1/Role";
import { RoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { Namespace } from "kubernetes-models/v1/Namespace";
import { Pod } from "kubernetes-models/v1/Pod";
import { Secret } from "kubernetes-models/v1/Secret";
import { Service } from "kubernetes-models/v1/Service";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import { type JsonObject, textAt } from "../../../../src/inject/json.ts";
import { type Model, problemsOf } from "../../../support/inject-schema.ts";

const models: Readonly<Record<string, Model>> = {
	ClusterRole,
	ClusterRoleBinding,
	Role,
	RoleBinding,
	ConfigMap,
	Deployment,
	MutatingWebhookConfiguration,
	Namespace,
	NetworkPolicy,
	Pod,
	PodDisruptionBudget,
	Secret,
	Service,
	ServiceAccount,
};

/** Kinds of operators, whose definitions are not Kubernetes' own. */
const foreign = ["Certificate", "Issuer", "PodMonitor"];

/** What Kubernetes' OpenAPI schema has against an object, fields that it does not know included. */
export function objectProblems(object: JsonObject): string[] {
	const kind = textAt(object, "kind") ?? "";
	const model = models[kind];
	if (model !== undefined) {
		return problemsOf(model, object);
	}
	return foreign.includes(kind) ? [] : [`${kind} is no kind that is known here`];
}
