import fc from "fast-check";
import type { Given } from "./chart-files.ts";

const port = fc.integer({ min: 1, max: 65_535 });
const range = fc.tuple(port, port).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
const portOrRange = fc.oneof(port, port.map(String), range);
const subnet = fc.oneof(
	fc.tuple(fc.ipV4(), fc.nat(32)).map(([address, prefix]) => `${address}/${prefix}`),
	fc.tuple(fc.ipV6(), fc.nat(128)).map(([address, prefix]) => `${address}/${prefix}`),
);
const text = fc.oneof(
	fc.constantFrom(
		"",
		" ",
		"yes",
		"null",
		"1e3",
		"a: b",
		"{{ .Values }}",
		'"',
		"'",
		"\\n",
		"- x",
		"#",
		"é 😀",
	),
	fc.string({ unit: "grapheme", maxLength: 12 }),
);
const identity = fc.integer({ min: 2, max: 2_147_483_647 });

/** Either way to write a list. */
function list(item: fc.Arbitrary<string | number>) {
	const items = fc.array(item, { maxLength: 4 });
	return fc.oneof(
		items,
		items.map((all) => all.join(",")),
		items.map((all) => all.join(" , ")),
		fc.constant(null),
	);
}

function numberOrText(number: fc.Arbitrary<number>) {
	return fc.oneof(number, number.map(String));
}

const proxyInit = fc.record(
	{
		iptablesMode: fc.constantFrom("legacy", "iptables", "nft", "plain", "nftables", "auto"),
		ignoreInboundPorts: list(portOrRange),
		ignoreOutboundPorts: list(portOrRange),
		redirectInboundPorts: list(port),
		redirectOutboundPorts: list(portOrRange),
		kubeAPIServerPorts: list(portOrRange),
		skipSubnets: list(subnet),
		skipOutboundSubnets: list(subnet),
		skipInboundInterfaces: list(fc.constantFrom("lo", "eth0", "docker0", "a.b_c-d@e")),
		skipOutboundInterfaces: list(fc.constantFrom("lo", "eth0")),
		skipUids: list(fc.nat(4_294_967_294)),
		logLevel: fc.constantFrom("panic", "debug", "", null),
		logFormat: fc.constantFrom("plain", "json", "", null),
		privileged: fc.boolean(),
		runAsUser: numberOrText(fc.nat(100_000)),
		runAsGroup: numberOrText(fc.nat(100_000)),
		xtMountPath: fc.record({
			name: fc.constantFrom("lock", "run"),
			mountPath: fc.constantFrom("/run", "/a b/'c"),
		}),
	},
	{ requiredKeys: ["iptablesMode"] },
);

const amounts = fc.record(
	{
		request: fc.constantFrom("", null, 1, 0.5, "100m"),
		limit: fc.constantFrom("", null, 2_000_000, "1Gi"),
	},
	{ requiredKeys: [] },
);

const proxy = fc.record(
	{
		kind: fc.constantFrom("shunt", "envoy"),
		nativeSidecar: fc.boolean(),
		ports: fc
			.uniqueArray(port, { minLength: 4, maxLength: 4 })
			.filter((all) => !all.includes(8443) && !all.includes(9995))
			.map(([inbound, outbound, admin, control]) => ({ inbound, outbound, admin, control })),
		uid: numberOrText(identity.filter((id) => id !== 2103)),
		gid: fc.oneof(
			fc.constantFrom(-1, 0, null, "-1"),
			identity.filter((id) => id !== 2103),
		),
		resources: fc.record({ cpu: amounts, memory: amounts }, { requiredKeys: [] }),
		logLevel: fc.constantFrom("", "error", "warn", "info", "debug", null),
		logFormat: fc.constantFrom("", "plain", "json", null),
		args: fc.array(text, { maxLength: 3 }),
		env: fc.array(fc.record({ name: fc.constantFrom("A", "B"), value: text }), { maxLength: 2 }),
	},
	{ requiredKeys: [] },
);

/** Values that are all sound. */
export const randomGiven: fc.Arbitrary<Given> = fc
	.record(
		{
			cniEnabled: fc.boolean(),
			disableIPv6: fc.boolean(),
			imageRegistry: fc.constantFrom("", null, "registry.example.com", "host:5000/a/b"),
			proxyInit,
			proxy,
			networkValidator: fc.record({ enabled: fc.boolean(), logFormat: fc.constantFrom("plain", "json") }),
			injector: fc.record(
				{
					podAnnotations: fc.dictionary(fc.constantFrom("a", "b.c/d", "on"), text, { noNullPrototype: true }),
					replicas: numberOrText(fc.nat(9)),
					podAntiAffinity: fc.constantFrom("none", "preferred", "required"),
				},
				{ requiredKeys: [] },
			),
		},
		{ requiredKeys: ["proxyInit"] },
	)
	.map((values) => ({ name: JSON.stringify(values), values }));

/** The same ones each time, so that a failure has a name. */
export function sampleGiven(count: number): Given[] {
	return fc.sample(randomGiven, { seed: 20_260_801, numRuns: count });
}
