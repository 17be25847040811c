import fc from "fast-check";
import { modes } from "../../src/domain/mode.ts";
import type { InjectConfig } from "../../src/inject/config.ts";
import type { Json, JsonObject } from "../../src/inject/json.ts";
import { parseInjectConfig } from "../../src/inject/parse-config.ts";

const few = <T>(of: fc.Arbitrary<T>, maxLength = 3) => fc.array(of, { maxLength });
const chance = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });

/** An object whose undefined values are left out, in which a part may be missing, null, or empty. */
function object(parts: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<JsonObject> {
	return fc
		.record(parts)
		.map(
			(made) =>
				Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)) as JsonObject,
		);
}

const word = fc.constantFrom("web", "api", "db", "cache", "logs", "mesh", "yes", "0644", "x-y", "null");
const text = fc.oneof(
	word,
	fc.string({ maxLength: 12 }),
	fc.constantFrom(
		"a: b",
		"- c",
		"# d",
		"line\nline",
		"  indented",
		"ends with\n",
		'"quoted"',
		"{e}",
		"é ü 漢",
	),
);
const port = fc.oneof(fc.constantFrom(80, 443, 4143, 4191, 4567, 8080), fc.integer({ min: 1, max: 65_535 }));

/** Names that no other in their list has. */
function named<T extends JsonObject>(of: fc.Arbitrary<T>, options: { min?: number; prefix: string }) {
	return fc
		.array(of, { minLength: options.min ?? 0, maxLength: 4 })
		.map((items) => items.map((item, index) => ({ name: `${options.prefix}${index}`, ...item })));
}

const securityContext = object({
	runAsUser: chance(fc.constantFrom(0, 1000, 2102)),
	runAsGroup: chance(fc.constantFrom(0, 1000)),
	runAsNonRoot: chance(fc.boolean()),
});

const container = object({
	image: fc.constantFrom("nginx:1.27", `redis@sha256:${"0".repeat(64)}`, "example.com:5000/team/app:v1"),
	command: chance(few(text)),
	args: chance(few(text)),
	env: chance(named(object({ value: text }), { prefix: "VAR" })),
	ports: chance(
		few(object({ containerPort: port, protocol: chance(fc.constantFrom("TCP", "UDP", "SCTP")) })),
	),
	securityContext: chance(securityContext),
	volumeMounts: chance(few(object({ name: fc.constant("data"), mountPath: fc.constant("/data") }), 1)),
});

const orNothing = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> =>
	fc.oneof({ weight: 4, arbitrary: of }, { weight: 1, arbitrary: fc.constantFrom(null, undefined) });

const nativeOrNot = fc
	.tuple(container, fc.boolean())
	.map(([made, native]): JsonObject => (native ? { ...made, restartPolicy: "Always" } : made));

export const podSpec: fc.Arbitrary<JsonObject> = object({
	containers: named(container, { min: 1, prefix: "app" }),
	initContainers: orNothing(named(nativeOrNot, { prefix: "init" })),
	volumes: orNothing(named(object({ emptyDir: fc.constant({}) }), { prefix: "vol" })),
	securityContext: chance(securityContext),
	restartPolicy: chance(fc.constantFrom("Always", "OnFailure", "Never")),
	serviceAccountName: chance(word),
	nodeSelector: chance(fc.dictionary(word, text, { maxKeys: 2 })),
});

const label = fc.dictionary(fc.constantFrom("app", "tier", "example.com/part", "version"), word, {
	maxKeys: 3,
});

/** Every key that a workload can set, with values that are right. */
export const settings: fc.Arbitrary<JsonObject> = object({
	"skip-inbound-ports": chance(fc.constantFrom("25", "+25,8000-8010", " 3306 , 3306 ", "1-65535")),
	"skip-outbound-ports": chance(fc.constantFrom("443", "+6379", "20000-20010")),
	"skip-subnets": chance(fc.constantFrom("10.0.0.0/8", "+192.168.1.7/24,fd00::/8")),
	"skip-outbound-subnets": chance(fc.constantFrom("172.16.5.4/12", "+::/0", "0.0.0.0/0")),
	"skip-inbound-interfaces": chance(fc.constantFrom("net1", "+net1,tun-0")),
	"skip-outbound-interfaces": chance(fc.constantFrom("net1", "+eth1")),
	"skip-uids": chance(fc.constantFrom("0", "+1000,1001")),
	"redirect-inbound-ports": chance(fc.constantFrom("80", "+80,443")),
	"redirect-outbound-ports": chance(fc.constantFrom("80,8000-8080", "+443")),
	"proxy-uid": chance(fc.constantFrom("1", "3000", "2147483647")),
	"proxy-gid": chance(fc.constantFrom("-1", "0", "3000")),
	"inbound-port": chance(fc.constantFrom("14143", "15006")),
	"outbound-port": chance(fc.constantFrom("14140", "15001")),
	"admin-port": chance(fc.constantFrom("14191", "15021")),
	"control-port": chance(fc.constantFrom("14190", "15000")),
	"native-sidecar": chance(fc.constantFrom("true", "false", "enabled", "disabled")),
	"proxy-image": chance(fc.constantFrom("example.com/proxy", "localhost:5000/a/b")),
	"proxy-version": chance(fc.constantFrom("v2", `sha256:${"a".repeat(64)}`)),
	"image-pull-policy": chance(fc.constantFrom("Always", "IfNotPresent", "Never")),
	"proxy-cpu-request": chance(fc.constantFrom("100m", "0.5")),
	"proxy-memory-limit": chance(fc.constantFrom("64Mi", "1G")),
});

const ownAnnotations = settings.map((made) =>
	Object.fromEntries(Object.entries(made).map(([key, value]) => [`config.shunt.dev/${key}`, value])),
);

const otherAnnotations = fc.dictionary(
	fc.constantFrom("example.com/a", "prometheus.io/scrape", "note"),
	text,
	{
		maxKeys: 3,
	},
);

/** A template's metadata, as odd as files have it. */
function metadata(annotations: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
	return object({ labels: chance(label), annotations: orNothing(annotations) });
}

/** Pods without a word of ours in them. */
export const plainPod: fc.Arbitrary<JsonObject> = object({
	metadata: orNothing(metadata(otherAnnotations)),
	spec: podSpec,
});

/** Pods that set things for themselves, or do not. */
export const pod: fc.Arbitrary<JsonObject> = object({
	metadata: orNothing(
		metadata(fc.tuple(otherAnnotations, ownAnnotations).map(([other, own]) => ({ ...other, ...own }))),
	),
	spec: podSpec,
});

const kinds = {
	Deployment: ["apps/v1", (template: JsonObject) => ({ selector: { matchLabels: { app: "a" } }, template })],
	StatefulSet: ["apps/v1", (template: JsonObject) => ({ serviceName: "s", selector: {}, template })],
	DaemonSet: ["apps/v1", (template: JsonObject) => ({ selector: {}, template })],
	ReplicaSet: ["apps/v1", (template: JsonObject) => ({ selector: {}, template })],
	Job: ["batch/v1", (template: JsonObject) => ({ template })],
	CronJob: [
		"batch/v1",
		(template: JsonObject) => ({ schedule: "0 * * * *", jobTemplate: { spec: { template } } }),
	],
	ReplicationController: ["v1", (template: JsonObject) => ({ template })],
} as const;

/** A document that makes pods. */
export function workloadOf(pods: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
	return fc.tuple(pods, fc.constantFrom(...Object.entries(kinds))).map(
		([template, [kind, [apiVersion, spec]]]): JsonObject => ({
			apiVersion,
			kind,
			metadata: { name: "some" },
			spec: spec(template),
		}),
	);
}

const values = object({
	proxyInit: object({
		iptablesMode: chance(fc.constantFrom(...modes, "iptables")),
		ignoreInboundPorts: chance(fc.constantFrom("", "25,80-90", 443)),
		ignoreOutboundPorts: chance(fc.constantFrom("", "3306")),
		skipSubnets: chance(fc.constantFrom("10.0.0.0/8", "fd00::/8, 10.1.2.3/8")),
		logLevel: chance(fc.constantFrom("debug", "warn")),
		logFormat: chance(fc.constantFrom("plain", "json")),
		runAsRoot: chance(fc.boolean()),
		privileged: chance(fc.boolean()),
	}),
	proxy: object({
		kind: chance(fc.constantFrom("shunt", "envoy")),
		uid: chance(fc.constantFrom(2102, "5678")),
		gid: chance(fc.constantFrom(-1, 2102)),
		nativeSidecar: chance(fc.boolean()),
		resources: chance(fc.constant({ cpu: { request: "10m" }, memory: { limit: "64Mi" } })),
	}),
	cniEnabled: chance(fc.boolean()),
	disableIPv6: chance(fc.boolean()),
});

export const config: fc.Arbitrary<InjectConfig> = values.map((made) => configFrom(made));

export function configFrom(made: Json): InjectConfig {
	const parsed = parseInjectConfig(made);
	if (!parsed.ok) {
		throw new Error(JSON.stringify(parsed.problems));
	}
	return parsed.value;
}

const hostileKeyNames = [
	"__proto__",
	"constructor",
	"prototype",
	"toString",
	"metadata",
	"spec",
	"annotations",
	"labels",
	"containers",
	"initContainers",
	"volumes",
	"name",
	"image",
	"items",
	"kind",
	"apiVersion",
	"securityContext",
	"ports",
	"template",
	"shunt.dev/inject",
	"shunt.dev/injected",
	"config.shunt.dev/proxy-uid",
] as const;
const hostileKey: fc.Arbitrary<string> = fc.constantFrom(...hostileKeyNames);

/** JSON with keys that mean something to JavaScript among the others. */
export const hostileJson = fc.letrec<{ json: Json; object: JsonObject }>((tie) => ({
	json: fc.oneof(
		{ maxDepth: 4 },
		fc.constantFrom<Json>(null, true, 0, -1, 1.5, "", "shunt-proxy", "enabled"),
		fc.string({ maxLength: 5 }),
		fc.array(tie("json"), { maxLength: 3 }),
		tie("object"),
	),
	object: fc
		.array(fc.tuple(hostileKey, tie("json")), { maxLength: 4 })
		.map((entries) => Object.fromEntries(entries)),
}));
