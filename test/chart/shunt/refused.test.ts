import { describe, expect, it } from "vitest";
import { formatProblem } from "../../../src/domain/problem.ts";
import type { Json } from "../../../src/inject/json.ts";
import { parseInjectConfig } from "../../../src/inject/parse-config.ts";
import { renderWithHelm } from "../support/helm.ts";
import { flagsOf, renderWithOurs } from "../support/ours.ts";
import { type Given, tlsGiven, withGiven } from "./support/chart-files.ts";
import { cliPort } from "./support/rendered.ts";

const intro = "values don't meet the specifications of the schema";

/** What Helm says and what we say; neither may render anything. */
function refusals(one: Given): { readonly helm: string; readonly ours: string } {
	const { files, sources } = withGiven(one);
	const helm = renderWithHelm(files, flagsOf(sources));
	const ours = renderWithOurs(files, sources, cliPort);
	expect({ helm: helm.ok, ours: ours.ok }).toEqual({ helm: false, ours: false });
	return { helm: helm.ok ? "" : helm.error, ours: ours.ok ? "" : ours.error };
}

/** By the schema: Helm's words are its library's, ours are sentences. */
const bySchema: readonly (readonly [string, string, Given, string, string])[] = [
	[
		"a mode that there is none of",
		"proxyInit.iptablesMode",
		{ name: "", set: ["proxyInit.iptablesMode=nftt"] },
		"- at '/proxyInit/iptablesMode': value must be one of 'legacy', 'iptables', 'nft', 'plain', 'nftables', 'auto'",
		'proxyInit.iptablesMode: "nftt" is not known (want one of legacy, iptables, nft, plain, nftables, auto)',
	],
	[
		"an empty mode",
		"proxyInit.iptablesMode",
		{ name: "", set: ["proxyInit.iptablesMode="] },
		"- at '/proxyInit/iptablesMode': value must be one of 'legacy',",
		'proxyInit.iptablesMode: "" is not known (want one of legacy,',
	],
	[
		"no mode",
		"proxyInit.iptablesMode",
		{ name: "", set: ["proxyInit.iptablesMode=null"] },
		"- at '/proxyInit': missing property 'iptablesMode'",
		"proxyInit.iptablesMode: is missing (want a value;",
	],
	[
		"a misspelt key",
		"proxyInit.iptableMode",
		{ name: "", set: ["proxyInit.iptableMode=nft"] },
		"- at '/proxyInit': additional properties 'iptableMode' not allowed",
		"proxyInit.iptableMode: is not a key of this chart (want iptablesMode, or below proxyInit one of",
	],
	[
		"a misspelt section",
		"proxyinit",
		{ name: "", set: ["proxyinit.iptablesMode=nft"] },
		"additional properties 'proxyinit' not allowed",
		"proxyinit: is not a key of this chart (want proxyInit, or one of",
	],
	[
		"text for a switch",
		"cniEnabled",
		{ name: "", setString: ["cniEnabled=true"] },
		"- at '/cniEnabled': got string, want boolean",
		'cniEnabled: "true" is text (want true or false)',
	],
	[
		"a number for a switch",
		"disableIPv6",
		{ name: "", set: ["disableIPv6=1"] },
		"- at '/disableIPv6': got number, want boolean",
		'disableIPv6: "1" is a number (want true or false)',
	],
	[
		"a section for a port",
		"proxy.ports.admin",
		{ name: "", set: ["proxy.ports.admin.x=1"] },
		"- at '/proxy/ports/admin': got object, want integer or string",
		'proxy.ports.admin: "{\\"x\\":1}" is a section (want a whole number or text)',
	],
	[
		"a fraction for a port",
		"proxy.ports.admin",
		{ name: "", values: { proxy: { ports: { admin: 80.5 } } } },
		"- at '/proxy/ports/admin': got number, want integer or string",
		'proxy.ports.admin: "80.5" is a number (want a whole number or text)',
	],
	[
		"a text for a section",
		"proxy",
		{ name: "", set: ["proxy=envoy"] },
		"- at '/proxy': got string, want object",
		'proxy: "envoy" is text (want keys with values below it)',
	],
	[
		"another failure policy",
		"injector.webhook.failurePolicy",
		{ name: "", set: ["injector.webhook.failurePolicy=ignore"] },
		"- at '/injector/webhook/failurePolicy': value must be one of 'Ignore', 'Fail'",
		'injector.webhook.failurePolicy: "ignore" is not known (want one of Ignore, Fail)',
	],
	[
		"a proxy of another kind",
		"proxy.kind",
		{ name: "", set: ["proxy.kind=haproxy"] },
		"- at '/proxy/kind': value must be one of 'shunt', 'envoy', 'custom'",
		'proxy.kind: "haproxy" is not known (want one of shunt, envoy, custom)',
	],
	[
		"a truth value among ports",
		"proxyInit.ignoreInboundPorts",
		{ name: "", values: { proxyInit: { ignoreInboundPorts: [80, true] } } },
		"- at '/proxyInit/ignoreInboundPorts/1': got boolean, want integer or string",
		'proxyInit.ignoreInboundPorts[1]: "true" is a truth value (want text or a whole number)',
	],
	[
		"Linkerd's log level, which is not one for this proxy",
		"proxy.logLevel",
		{ name: "", values: { proxy: { logLevel: "warn,linkerd=info" } } },
		"- at '/proxy/logLevel': value must be one of 'error', 'warn', 'info', 'debug'",
		'proxy.logLevel: "warn,linkerd=info" is not known (want one of error, warn, info, debug)',
	],
];

describe("values that the schema refuses", () => {
	it.each(bySchema)("%s: one complaint, which names %s", (_, __, one, helmSays, weSay) => {
		const { helm, ours } = refusals(one);
		expect(helm).toContain(helmSays);
		expect(helm.split("\n").filter((line) => line.startsWith("- at"))).toHaveLength(1);
		expect(ours).toContain(`${intro} of shunt:\n- ${weSay}`);
		expect(ours.split("\n")).toHaveLength(2);
	});
});

/** By the templates: the same words from both. */
const byTemplate: readonly (readonly [string, Given, readonly string[]])[] = [
	[
		"a port range that is upside down",
		{ name: "", set: ["proxyInit.ignoreInboundPorts=80-20"] },
		[
			'proxyInit.ignoreInboundPorts: "80-20" is not a port range (want PORT or LOW-HIGH with LOW at most HIGH, each from 1 to 65535)',
		],
	],
	[
		"ports that are none",
		{ name: "", values: { proxyInit: { ignoreOutboundPorts: "http, 0,65536,080,1-2-3,-1,80-" } } },
		["http", "0", "65536", "080", "1-2-3", "-1", "80-"].map(
			(port) =>
				`proxyInit.ignoreOutboundPorts: "${port}" is not a ${port.includes("-") ? "port range" : "TCP port"} (want PORT or LOW-HIGH with LOW at most HIGH, each from 1 to 65535)`,
		),
	],
	[
		"0, given as a number",
		{ name: "", values: { proxyInit: { ignoreInboundPorts: 0 } } },
		[
			'proxyInit.ignoreInboundPorts: "0" is not a TCP port (want PORT or LOW-HIGH with LOW at most HIGH, each from 1 to 65535)',
		],
	],
	[
		"a range where only ports count",
		{ name: "", set: ["proxyInit.redirectInboundPorts=80-90"] },
		['proxyInit.redirectInboundPorts: "80-90" is not a valid TCP port (want a whole number from 1 to 65535)'],
	],
	[
		"subnets that are none",
		{
			name: "",
			values: {
				proxyInit: {
					skipSubnets:
						"10.0.0.0,10.0.0.0/33,10.0.0/8,256.0.0.0/8,010.0.0.0/8,fd00::/129,fd00:::/8,1::2::3/8,a/8,/8,1:2:3:4:5:6:7/8,1:2:3:4:5:6:7:8:9/8,::1.2.3/8,10.0.0.0/08,10.0.0.0/8/8,10.0.0.1::/8",
				},
			},
		},
		[
			"10.0.0.0",
			"10.0.0.0/33",
			"10.0.0/8",
			"256.0.0.0/8",
			"010.0.0.0/8",
			"fd00::/129",
			"fd00:::/8",
			"1::2::3/8",
			"a/8",
			"/8",
			"1:2:3:4:5:6:7/8",
			"1:2:3:4:5:6:7:8:9/8",
			"::1.2.3/8",
			"10.0.0.0/08",
			"10.0.0.0/8/8",
			"10.0.0.1::/8",
		].map(
			(subnet) =>
				`proxyInit.skipSubnets: "${subnet}" is not a subnet (want ADDRESS/PREFIX, such as 10.0.0.0/8 (prefix 0-32) or fd00::/8 (prefix 0-128))`,
		),
	],
	[
		"an interface that is none",
		{ name: "", set: ["proxyInit.skipInboundInterfaces=eth0+"] },
		[
			`proxyInit.skipInboundInterfaces: "eth0+" is not an interface name (want 1-15 letters, digits, '.', '_', '-' or '@', beginning with a letter or digit)`,
		],
	],
	[
		"users that are none",
		{ name: "", values: { proxyInit: { skipUids: "root,4294967295" } } },
		["root", "4294967295"].map(
			(uid) =>
				`proxyInit.skipUids: "${uid}" is not a valid user id (want a whole number from 0 to 4294967294)`,
		),
	],
	[
		"a port that is none",
		{ name: "", set: ["proxy.ports.inbound=70000"] },
		['proxy.ports.inbound: "70000" is not a valid TCP port (want a whole number from 1 to 65535)'],
	],
	[
		"two ports that are one",
		{ name: "", set: ["proxy.ports.admin=4143"] },
		['proxy.ports: "4143, 4140, 4143, 4190" uses a port twice (want four different ports)'],
	],
	[
		"the proxy as root",
		{ name: "", set: ["proxy.uid=0"] },
		[
			'proxy.uid: "0" is not a valid user id for a proxy (want a whole number from 1 to 2147483647 (as root it could not be told from an application))',
		],
	],
	[
		"a group that is none",
		{ name: "", set: ["proxy.gid=-2"] },
		['proxy.gid: "-2" is not a valid group id (want a whole number from -1 to 2147483647)'],
	],
	[
		"a close-wait timeout without root",
		{ name: "", set: ["proxyInit.closeWaitTimeoutSecs=5"] },
		[
			"proxyInit.closeWaitTimeoutSecs: cannot be set by a container that is not root (want proxyInit.runAsRoot: true)",
		],
	],
	[
		"an image with its tag",
		{ name: "", set: ["proxy.image.name=example.com/proxy:1"] },
		[
			'proxy.image.name: "example.com/proxy:1" is not an image name (want HOST/PATH without a tag, such as example.com/team/proxy (the tag is a key of its own))',
		],
	],
	[
		"a tag that is none",
		{ name: "", set: ["proxyInit.image.version=a b"] },
		[
			`proxyInit.image.version: "a b" is not an image tag (want up to 128 letters, digits, '.', '_' and '-', or sha256: and 64 hexadecimal digits)`,
		],
	],
	[
		"tags without quotes, whose text is lost",
		{ name: "", values: { proxyInit: { image: { version: 42798 } }, proxy: { image: { version: 1 } } } },
		['proxyInit.image.version: "42798"', 'proxy.image.version: "1"'].map(
			(tag) =>
				`${tag} is what YAML makes of a number, whose text is lost (want text in quotes, such as "1.0")`,
		),
	],
	[
		"a custom proxy without an image",
		{ name: "", set: ["proxy.kind=custom"] },
		[
			"proxy.image: has no name (want proxy.image.name: a custom proxy has no default)",
			"proxy.image: has no version (want proxy.image.version: a custom proxy has no default)",
		],
	],
	[
		"a command for our own proxy",
		{ name: "", set: ["proxy.readinessPath=/x"] },
		[
			'proxy.readinessPath: "/x" says nothing to a proxy of kind shunt (want proxy.kind: custom, or nothing here)',
		],
	],
	[
		"an amount that is none",
		{ name: "", set: ["proxy.resources.cpu.request=much"] },
		[
			'proxy.resources.cpu.request: "much" is not a quantity (want a Kubernetes quantity such as 100m, 0.5, 64Mi or 1G)',
		],
	],
	[
		"a volume's name that is none",
		{ name: "", set: ["proxyInit.xtMountPath.name=Run"] },
		[
			`proxyInit.xtMountPath.name: "Run" is not a name (want 1-63 lower-case letters, digits and '-', beginning and ending with a letter or digit)`,
		],
	],
	[
		"a mount path that is none",
		{ name: "", set: ["proxyInit.xtMountPath.mountPath=run"] },
		[`proxyInit.xtMountPath.mountPath: "run" is not a mount path (want a path that begins with '/')`],
	],
	...["25d", "24d1ms", "577h", "0.1ms", "100ns", "0", "0.0000000001s", "999999999999999999d"].map(
		(time): (typeof byTemplate)[number] => [
			`a time out of bounds: ${time}`,
			{ name: "", values: { networkValidator: { timeout: time } } },
			[
				`networkValidator.timeout: "${time}" is not a valid duration (want a number with its unit, such as 500ms, 10s, 1m30s, 1h or 1d, from 1ms to 24d)`,
			],
		],
	),
	[
		"a time without its unit, and an address without a port",
		{ name: "", set: ["networkValidator.timeout=ten,networkValidator.connectAddr=1.1.1.1"] },
		[
			'networkValidator.connectAddr: "1.1.1.1" is not an address (want ADDRESS:PORT, such as 192.0.2.2:20001 or [fd00::1]:20001)',
			'networkValidator.timeout: "ten" is not a valid duration (want a number with its unit, such as 500ms, 10s, 1m30s, 1h or 1d, from 1ms to 24d)',
		],
	],
];

const request = "-----BEGIN CERTIFICATE REQUEST-----\nYQ==\n-----END CERTIFICATE REQUEST-----\n";

/** What concerns the chart and not the injector. */
const ofTheChart: typeof byTemplate = [
	[
		"an empty port",
		{ name: "", set: ["proxy.ports.inbound="] },
		['proxy.ports.inbound: "" is not a valid TCP port (want a whole number from 1 to 65535)'],
	],
	[
		"a registry that is none",
		{ name: "", set: ["imageRegistry=https://example.com"] },
		[
			'imageRegistry: "https://example.com" is not a registry (want HOST, HOST:PORT or HOST/PATH, such as registry.example.com/mirror)',
		],
	],
	[
		"the injector on the proxy's port",
		{ name: "", set: ["injector.port=4143"] },
		[
			`injector.port, injector.adminPort: "4143, 9995" is taken (want two different ports, none of them the proxy's: 4143, 4140, 4191, 4190)`,
		],
	],
	[
		"the injector as the proxy's user",
		{ name: "", set: ["injector.runAsUser=2102"] },
		[
			`injector.runAsUser: "2102" is the proxy's user, whose connections are not redirected (want another than proxy.uid)`,
		],
	],
	[
		"too long a timeout",
		{ name: "", set: ["injector.webhook.timeoutSeconds=31"] },
		[
			'injector.webhook.timeoutSeconds: "31" is not a valid number of seconds (want a whole number from 1 to 30)',
		],
	],
	[
		"a provided certificate that is not there",
		{ name: "", set: ["injector.tls.source=provided"] },
		[
			"injector.tls.ca: is missing (want the certificate of whoever issued the injector's, in PEM)",
			"injector.tls.crt: is missing (want the injector's certificate in PEM, or injector.tls.existingSecret)",
			"injector.tls.key: is missing (want the certificate's private key in PEM, or injector.tls.existingSecret)",
		],
	],
	[
		"a path in place of a certificate",
		{ name: "", values: { injector: { tls: { ...tlsGiven, crt: "/etc/tls.crt" } } } },
		[
			"injector.tls.crt: is not a certificate (want one in PEM, such as --set-file injector.tls.crt=crt.pem reads)",
		],
	],
	[
		"a private key among the certificates, and certificates that are none",
		{
			name: "",
			values: {
				injector: { tls: { ...tlsGiven, ca: tlsGiven.ca + tlsGiven.key, crt: `${request}${tlsGiven.crt}` } },
			},
		},
		[
			"injector.tls.ca: has a private key in it, which is for the injector alone (want certificates and nothing else; the key is injector.tls.key)",
			"injector.tls.crt: has more in it than certificates: -----BEGIN CERTIFICATE REQUEST----- (want certificates and nothing else)",
		],
	],
	[
		"a key of another kind in place of a certificate",
		{
			name: "",
			values: { injector: { tls: { ...tlsGiven, ca: "-----BEGIN RSA PRIVATE KEY-----\nYQ==\n" } } },
		},
		[
			"injector.tls.ca: has a private key in it, which is for the injector alone (want certificates and nothing else; the key is injector.tls.key)",
		],
	],
	...[
		"-----BEGIN ENCRYPTED PRIVATE KEY-----\nYQ==\n-----END ENCRYPTED PRIVATE KEY-----\n",
		"-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nYQ==\n-----END EC PRIVATE KEY-----\n",
	].map((key): (typeof byTemplate)[number] => [
		"a key with a passphrase",
		{ name: "", values: { injector: { tls: { ...tlsGiven, key } } } },
		[
			'injector.tls.key: is encrypted, and nobody tells the injector the passphrase (want it without one, as "openssl pkey -in key.pem" writes it)',
		],
	]),
	[
		"a certificate in one line, and another's key",
		{
			name: "",
			values: {
				injector: { tls: { ...tlsGiven, crt: tlsGiven.crt.replaceAll("\n", " "), key: tlsGiven.crt } },
			},
		},
		[
			"injector.tls.crt: is not a certificate (want one in PEM, such as --set-file injector.tls.crt=crt.pem reads)",
			"injector.tls.key: is not a private key (want one in PEM, such as --set-file injector.tls.key=key.pem reads)",
		],
	],
	[
		"a certificate beside the Secret that has one, and two who say whom to trust",
		{
			name: "",
			values: { injector: { tls: { ...tlsGiven, existingSecret: "mine", injectCaFrom: "shunt" } } },
		},
		[
			"injector.tls.ca, injector.tls.injectCaFrom: both say whom to trust (want one of them)",
			"injector.tls.crt: says nothing beside injector.tls.existingSecret (want one of them)",
			"injector.tls.key: says nothing beside injector.tls.existingSecret (want one of them)",
			'injector.tls.injectCaFrom: "shunt" names no object of a namespace (want NAMESPACE/NAME)',
		],
	],
	[
		"integers that Helm has rounded",
		{
			name: "",
			values: {
				injector: {
					tolerations: [
						{ key: "a", tolerationSeconds: 2 ** 53 - 1 },
						{ key: "b", tolerationSeconds: 2 ** 63 },
					],
					resources: { memory: { request: 2 ** 53 } },
				},
			},
		},
		[
			'injector.resources.memory.request: "9007199254740992" may have been rounded, as Helm does beyond 9007199254740991 (want text in quotes)',
			'injector.tolerations[1].tolerationSeconds: "9223372036854775808" may have been rounded, as Helm does beyond 9007199254740991 (want a smaller number, none for as long as it takes, or --set, which keeps it)',
		],
	],
	[
		"a certificate beside a generated one",
		{ name: "", values: { injector: { tls: { key: tlsGiven.key } } } },
		[
			"injector.tls.key: says nothing to source generated (want injector.tls.source: provided, or nothing here)",
		],
	],
	[
		"an issuer without cert-manager",
		{ name: "", set: ["injector.tls.issuerRef.name=x"] },
		[
			"injector.tls.issuerRef: says nothing to source generated (want injector.tls.source: cert-manager, or nothing here)",
		],
	],
	[
		"an annotation that would contradict the pod",
		{ name: "", values: { injector: { podAnnotations: { "config.linkerd.io/proxy-uid": "1" } } } },
		[
			'injector.podAnnotations: "config.linkerd.io/proxy-uid" has no effect on the injector (want annotations of others)',
		],
	],
	[
		"labels of the chart's own",
		{
			name: "",
			values: {
				commonLabels: { "app.kubernetes.io/name": "x" },
				injector: { podLabels: { "shunt.dev/control-plane-component": "x" } },
			},
		},
		[
			'commonLabels: "app.kubernetes.io/name" is a label of the chart\'s own (want others)',
			'injector.podLabels: "shunt.dev/control-plane-component" is a label of the chart\'s own (want others)',
		],
	],
	[
		"one label twice",
		{ name: "", values: { commonLabels: { a: "1" }, injector: { podLabels: { a: "2" } } } },
		['injector.podLabels: "a" is among commonLabels (want it in one of them)'],
	],
	[
		"a volume that the injector has",
		{ name: "", set: ["proxyInit.xtMountPath.name=tls"] },
		['proxyInit.xtMountPath.name: "tls" is a volume of the injector\'s own (want another name)'],
	],
	[
		"several mistakes, all at once",
		{
			name: "",
			set: ["proxyInit.closeWaitTimeoutSecs=5", "proxyInit.skipSubnets=x", "proxy.ports.inbound=0"],
		},
		[
			'proxyInit.skipSubnets: "x" is not a subnet (want ADDRESS/PREFIX, such as 10.0.0.0/8 (prefix 0-32) or fd00::/8 (prefix 0-128))',
			'proxy.ports.inbound: "0" is not a valid TCP port (want a whole number from 1 to 65535)',
			"proxyInit.closeWaitTimeoutSecs: cannot be set by a container that is not root (want proxyInit.runAsRoot: true)",
		],
	],
];

describe("values that the templates refuse", () => {
	it.each([...byTemplate, ...ofTheChart])(
		"%s: the same words from Helm and from us",
		(_, one, complaints) => {
			const { helm, ours } = refusals(one);
			expect(
				/^Error: execution error at \(.*?\): ([\s\S]*?)\n\nUse --debug/.exec(helm)?.[1]?.split("\n"),
			).toEqual(complaints);
			expect(ours.replace(/^\S+:\d+:\d+: /, "").split("\n")).toEqual(complaints);
		},
	);

	it.each(byTemplate)(
		"%s: the injector would say it in these words too",
		(_, { values, set = [] }, complaints) => {
			const result = parseInjectConfig((values ?? valuesOf(set)) as Json);
			expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual(complaints);
		},
	);
});

/** What the flags come to by themselves. */
function valuesOf(set: readonly string[]): Json {
	const values: Record<string, unknown> = {};
	for (const [path = "", value = ""] of set
		.flatMap((flag) => flag.split(","))
		.map((flag) => flag.split("="))) {
		const keys = path.split(".");
		const last = keys.pop() ?? "";
		const section = keys.reduce<Record<string, unknown>>((object, key) => {
			object[key] ??= {};
			return object[key] as Record<string, unknown>;
		}, values);
		section[last] = /^-?\d+$/.test(value) ? Number(value) : value;
	}
	return values as Json;
}
