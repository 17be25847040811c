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

function key<const Name extends string>(name: Name, placeholder: string, help: string): ConfigKey<Name> {
	return { name, placeholder, help };
}

/** Besides the policy. */
const settings = [
	key("admin-port", "PORT", "where the proxy answers probes and serves metrics"),
	key("control-port", "PORT", "where the proxy is controlled"),
	key(
		"close-wait-timeout",
		"TIME",
		"how long connection tracking remembers half-closed connections, such as 30s",
	),
	{
		...key(
			"native-sidecar",
			"true|false",
			"run the proxy as an init container that keeps running (Kubernetes 1.29 and newer)",
		),
		// Linkerd's name for it went through the stages of a Kubernetes feature.
		linkerd: [
			"config.linkerd.io/proxy-enable-native-sidecar",
			"config.beta.linkerd.io/proxy-enable-native-sidecar",
			"config.alpha.linkerd.io/proxy-enable-native-sidecar",
		],
	},
	key("proxy-image", "NAME", "image of the proxy, without its tag"),
	key("proxy-version", "TAG", "tag or sha256 digest of the proxy's image"),
	key("image-pull-policy", "POLICY", "Always, IfNotPresent or Never"),
	key("proxy-cpu-request", "QUANTITY", "processor time that the proxy asks for"),
	key("proxy-cpu-limit", "QUANTITY", "most processor time that the proxy may use"),
	key("proxy-memory-request", "QUANTITY", "memory that the proxy asks for"),
	key("proxy-memory-limit", "QUANTITY", "most memory that the proxy may use"),
	key("proxy-ephemeral-storage-request", "QUANTITY", "disk space that the proxy asks for"),
	key("proxy-ephemeral-storage-limit", "QUANTITY", "most disk space that the proxy may use"),
	key("init-cpu-request", "QUANTITY", "processor time that the init container, or the validator, asks for"),
	key("init-cpu-limit", "QUANTITY", "most processor time that it may use"),
	key("init-memory-request", "QUANTITY", "memory that it asks for"),
	key("init-memory-limit", "QUANTITY", "most memory that it may use"),
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

/** Whether an annotation of this name is a wish that is followed here, be it called ours or Linkerd's. */
export function isReadHere(name: string): boolean {
	return readHere.has(name);
}

const readHere: ReadonlySet<string> = new Set([
	injectAnnotation,
	linkerdInjectAnnotation,
	...[...namesByKey.values()].flat(),
]);
