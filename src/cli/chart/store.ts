/** The ConfigMap in which a release keeps its values; whoever finds it has found a release. */
export const storeName = "shunt-config";

/** Its key with all effective values. */
export const storedValuesKey = "values.yaml";

/** Its key with what the injector reads. */
export const storedConfigKey = "config.yaml";

/** The webhook's certificate, where the chart made it. */
export const certificateSecretName = "shunt-injector-tls";

/** The injector's Deployment, Service, ServiceAccount, roles and webhook. */
export const injectorName = "shunt-injector";

/** The Service's name as the API server asks for it, and so what the injector's certificate is for. */
export function injectorHost(namespace: string): string {
	return `${injectorName}.${namespace}.svc`;
}
