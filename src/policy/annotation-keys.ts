import { annotationOrder, type FieldKey, fields, inOrder } from "./fields.ts";

/** Whether a pod is redirected: `enabled` or `disabled`, on the pod or on its namespace. */
export const injectAnnotation = "shunt.dev/inject";

/** The resolved policy, stamped on the pod for whoever programs its rules (see pod-policy-stamp.ts). */
export const redirectAnnotation = "shunt.dev/redirect";

/** What injection added, so that uninjection takes out exactly that (record.ts in src/inject). */
export const injectedAnnotation = "shunt.dev/injected";

/** With this prefix, all that there are. */
export const ownAnnotations: readonly string[] = [injectAnnotation, redirectAnnotation, injectedAnnotation];

/** Everything of ours begins with it. */
export const ownPrefix = "shunt.dev/";

/** Before each of {@link configKeys}. */
export const configPrefix = "config.shunt.dev/";

/** What Linkerd calls {@link injectAnnotation}; it counts where ours is absent. */
export const linkerdInjectAnnotation = "linkerd.io/inject";

const linkerdConfigPrefix = "config.linkerd.io/";

interface ConfigKey<Name extends string = string> {
	readonly name: Name;
	/** What stands for the value in help texts. */
	readonly placeholder: string;
	readonly help: string;
	/** What Linkerd calls it, where that is not `config.linkerd.io/<name>`. */
	readonly linkerd?: readonly string[];
}

/** Besides the policy. */
const settings = [
	{ name: "admin-port", placeholder: "PORT", help: "where the proxy answers probes and serves metrics" },
	{ name: "control-port", placeholder: "PORT", help: "where the proxy is controlled" },
	{
		name: "close-wait-timeout",
		placeholder: "TIME",
		help: "how long connection tracking remembers half-closed connections, such as 30s",
	},
	{
		name: "native-sidecar",
		placeholder: "true|false",
		help: "run the proxy as an init container that keeps running (Kubernetes 1.29 and newer)",
		// Linkerd's name for it went through the stages of a Kubernetes feature.
		linkerd: [
			"config.linkerd.io/proxy-enable-native-sidecar",
			"config.beta.linkerd.io/proxy-enable-native-sidecar",
			"config.alpha.linkerd.io/proxy-enable-native-sidecar",
		],
	},
	{ name: "proxy-image", placeholder: "NAME", help: "image of the proxy, without its tag" },
	{ name: "proxy-version", placeholder: "TAG", help: "tag or sha256 digest of the proxy's image" },
	{ name: "image-pull-policy", placeholder: "POLICY", help: "Always, IfNotPresent or Never" },
	{ name: "proxy-cpu-request", placeholder: "QUANTITY", help: "processor time that the proxy asks for" },
	{ name: "proxy-cpu-limit", placeholder: "QUANTITY", help: "most processor time that the proxy may use" },
	{ name: "proxy-memory-request", placeholder: "QUANTITY", help: "memory that the proxy asks for" },
	{ name: "proxy-memory-limit", placeholder: "QUANTITY", help: "most memory that the proxy may use" },
	{
		name: "proxy-ephemeral-storage-request",
		placeholder: "QUANTITY",
		help: "disk space that the proxy asks for",
	},
	{
		name: "proxy-ephemeral-storage-limit",
		placeholder: "QUANTITY",
		help: "most disk space that the proxy may use",
	},
	{
		name: "init-cpu-request",
		placeholder: "QUANTITY",
		help: "processor time that the init container, or the validator, asks for",
	},
	{ name: "init-cpu-limit", placeholder: "QUANTITY", help: "most processor time that it may use" },
	{ name: "init-memory-request", placeholder: "QUANTITY", help: "memory that it asks for" },
	{ name: "init-memory-limit", placeholder: "QUANTITY", help: "most memory that it may use" },
] as const satisfies readonly ConfigKey[];

export type ConfigKeyName = FieldKey | (typeof settings)[number]["name"];

/** What a workload can set for itself. The annotations, the flags of `shunt inject` and their help are made from it. */
export const configKeys: readonly ConfigKey<ConfigKeyName>[] = [
	...inOrder(fields, annotationOrder, ({ field }) => field.name).map(({ key, field }) => ({
		name: key,
		placeholder: field.form.placeholder,
		help: field.help,
	})),
	...settings,
];

/** Where a key's value may stand, the first that is not empty counting. */
export function annotationNames(key: ConfigKeyName): readonly string[] {
	return namesByKey.get(key) ?? [];
}

/** Made once: every review asks for all of them. */
const namesByKey: ReadonlyMap<string, readonly string[]> = new Map(
	configKeys.map(({ name, linkerd = [`${linkerdConfigPrefix}${name}`] }) => [
		name,
		[`${configPrefix}${name}`, ...linkerd],
	]),
);
