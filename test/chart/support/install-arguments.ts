import { issueCertificate } from "../../../src/cli/chart/issue-certificate.ts";

const now = Date.now();
const request = { ipAddresses: [], daysValid: 1 } as const;
const authority = issueCertificate({ ...request, kind: "ca", commonName: "ca", dnsNames: [] }, now);
const host = "shunt-injector.shunt.svc";
const issued = issueCertificate(
	{ ...request, kind: "signed", commonName: host, dnsNames: [host], issuer: authority },
	now,
);

/** Files that the arguments below name. */
export const files: Readonly<Record<string, string>> = {
	"mode.yaml": "proxyInit:\n  iptablesMode: nft\n",
	"more.yaml": "proxyInit:\n  iptablesMode: auto\n  skipSubnets: 10.0.0.0/8\nproxy:\n  uid: 3000\n",
	"nulls.yaml": "injector:\n  nodeSelector: null\n  podLabels:\n    a: b\ncommonLabels: null\n",
	"again.yaml": "injector:\n  nodeSelector: {disk: ssd}\n  podLabels:\n    c: d\n",
	"null-label.yaml": "injector:\n  podLabels:\n    a: null\n",
	"empty.yaml": "# nothing\n",
	"comma,name.yaml": "proxyInit: {iptablesMode: plain}\n",
	"linkerd.yaml": `disableIPv6: false
proxyInit:
  iptablesMode: legacy
  ignoreInboundPorts: "4567,4568"
  ignoreOutboundPorts: "4567,4568"
  kubeAPIServerPorts: "443,6443"
  skipSubnets: ""
  logLevel: ""
  logFormat: ""
  closeWaitTimeoutSecs: 0
  runAsRoot: false
  xtMountPath: {mountPath: /run, name: linkerd-proxy-init-xtables-lock}
proxy:
  uid: 2102
  ports: {admin: 4191, control: 4190, inbound: 4143, outbound: 4140}
networkValidator: {logLevel: debug, logFormat: plain, timeout: 10s}
`,
	"anchors.yaml": "x: &m nft\n",
	"level.txt": "debug",
	"ca.pem": authority.certificate,
	"tls.pem": issued.certificate,
	"key.pem": issued.key,
	"list.yaml": "- a\n",
	"broken.yaml": "a: [\n",
	"misspelt.yaml": "proxyInit:\n  iptableMode: nft\n",
	"tabs.yaml": "proxyInit:\n\tiptablesMode: nft\n",
};

const modes = ["legacy", "iptables", "nft", "plain", "nftables", "auto"];

function set(...values: string[]): string[] {
	return values.flatMap((value) => ["--set", value]);
}

const provided = [
	...set("injector.tls.source=provided"),
	...["ca=ca.pem", "crt=tls.pem", "key=key.pem"].flatMap((part) => ["--set-file", `injector.tls.${part}`]),
];

/** Arguments that both take. */
export const accepted: readonly (readonly string[])[] = [
	[],
	["--ha"],
	...modes.map((mode) => set(`proxyInit.iptablesMode=${mode}`)),
	...modes.map((mode) => ["--ha", ...set(`proxyInit.iptablesMode=${mode},disableIPv6=false`)]),
	// The syntax of --set.
	set("proxyInit.iptablesMode=nft,proxy.uid=3000"),
	set("proxyInit.iptablesMode=nft", "proxyInit.iptablesMode=plain"),
	set("imagePullSecrets[0].name=one,imagePullSecrets[1].name=two"),
	set("proxyInit.skipSubnets={10.0.0.0/8,192.168.0.0/16}"),
	set("proxyInit.skipSubnets=10.0.0.0/8\\,192.168.0.0/16"),
	set("proxyInit.ignoreInboundPorts={80,8000-9000,443}"),
	set("proxyInit.ignoreInboundPorts=25"),
	set("proxyInit.ignoreInboundPorts="),
	set("injector.podLabels.a\\.b/c=d"),
	set("injector.podAnnotations.some\\.where/else=x\\,y=z"),
	set("injector.nodeSelector.a\\.b/c=d,injector.nodeSelector.e=f"),
	set("injector.nodeSelector=null"),
	set("injector.nodeSelector.disk=ssd"),
	set("commonLabels.team=a,commonLabels.tier=b"),
	set("commonLabels=null"),
	set("imagePullSecrets=null"),
	set("proxyInit.logLevel=null"),
	set("proxyInit.ignoreOutboundPorts=null"),
	set("proxyInit.image=null"),
	set("proxy.resources=null"),
	set("proxy.resources.cpu=null"),
	set("injector.resources.memory.limit=null"),
	set("installNamespace=null"),
	set("installNamespace=false"),
	set("installNamespace=true"),
	set("injector.tolerations[0].key=a,injector.tolerations[0].operator=Exists,injector.tolerations[1].key=b"),
	set("injector.podLabels.empty="),
	set("imageRegistry=registry.example.com:5000/mirror"),
	set("imageRegistry=registry.example.com/,proxyInit.image.name=other.example.com/init"),
	set("proxyInit.image.version=sha256:0000000000000000000000000000000000000000000000000000000000000000"),
	set("proxy.env[0].name=A,proxy.env[0].value=1\\,2"),
	// Types.
	["--set-string", "proxy.uid=3000"],
	[
		"--set-string",
		"injector.podLabels.number=5,injector.podLabels.truth=true,injector.podLabels.nothing=null",
	],
	["--set-string", "proxyInit.image.version=007"],
	set("proxyInit.image.version=1234567"),
	set("proxyInit.closeWaitTimeoutSecs=3600,proxyInit.runAsRoot=true"),
	["--set-string", "proxyInit.closeWaitTimeoutSecs=3600", "--set", "proxyInit.runAsRoot=true"],
	["--set-json", 'proxyInit={"iptablesMode":"nft","ignoreInboundPorts":[80,"90-100"]}'],
	["--set-json", 'injector.podAnnotations={"a":"{\\"x\\":1}","b":"é ✓"}'],
	["--set-json", "injector.nodeSelector=null"],
	[
		"--set-json",
		'injector.topologySpreadConstraints=[{"maxSkew":1,"topologyKey":"a","whenUnsatisfiable":"ScheduleAnyway"}]',
	],
	["--set-file", "proxyInit.logLevel=level.txt"],
	provided,
	// Files.
	["-f", "mode.yaml"],
	["-f", "mode.yaml", "-f", "more.yaml"],
	["-f", "mode.yaml,more.yaml"],
	["--values", "more.yaml", "-f", "mode.yaml"],
	["--values=mode.yaml"],
	["-f", '"comma,name.yaml"'],
	["-f", "nulls.yaml"],
	["-f", "nulls.yaml", "-f", "again.yaml"],
	["-f", "nulls.yaml", "-f", "again.yaml", ...set("injector.podLabels.a=e")],
	["-f", "empty.yaml"],
	["-f", "linkerd.yaml"],
	["-f", "linkerd.yaml", ...set("proxyInit.iptablesMode=nft")],
	["-f", "-"],
	["--ha", "-f", "more.yaml", ...set("injector.replicas=2")],
	// Which of several counts, whatever their order.
	[...set("proxyInit.iptablesMode=nft"), "-f", "more.yaml"],
	["--set-string", "proxyInit.logLevel=warn", ...set("proxyInit.logLevel=error")],
	[...set("proxyInit.logLevel=error"), "--set-json", 'proxyInit.logLevel="warn"'],
	["--set-file", "proxyInit.logLevel=level.txt", "--set-string", "proxyInit.logLevel=warn"],
	// The chart's larger switches.
	set("cniEnabled=true"),
	set("cniEnabled=true,networkValidator.enabled=false"),
	set("cniEnabled=true,disableIPv6=false,networkValidator.connectAddr=[fd00::1]:20001"),
	set("disableIPv6=false"),
	set("proxy.kind=envoy"),
	set("proxy.kind=envoy,disableIPv6=false,proxy.logLevel=debug,proxy.logFormat=json"),
	set("proxy.kind=custom,proxy.image.name=acme/proxy,proxy.image.version=1.0,proxy.command={run,it}"),
	set("proxy.nativeSidecar=false"),
	set("proxy.gid=3000,proxyInit.privileged=true"),
	set("injector.tls.source=cert-manager"),
	set(
		"injector.tls.source=cert-manager,injector.tls.issuerRef.name=ca,injector.tls.issuerRef.kind=ClusterIssuer",
	),
	set("networkPolicy.enabled=true"),
	set("podMonitor.enabled=true,podMonitor.labels.release=prometheus"),
	set("injector.webhook.failurePolicy=Fail,injector.webhook.timeoutSeconds=5"),
	set("injector.webhook.excludedNamespaces={a,b}"),
	set("injector.podDisruptionBudget.enabled=true,injector.podDisruptionBudget.maxUnavailable=50%"),
	set("injector.podAntiAffinity=preferred,injector.replicas=2"),
	set("injector.port=9443,injector.adminPort=9996,proxy.ports.inbound=15006,proxy.ports.outbound=15001"),
	["-n", "mesh"],
	["--namespace", "mesh", "--ha"],
];

/** Arguments that both refuse, and what both say about them. */
export const refused: readonly (readonly [args: readonly string[], reason: string])[] = [
	[set("proxyInit.iptablesMode=nftt"), "iptablesMode"],
	[set("proxyInit.iptablesMode=null"), "iptablesMode"],
	[set("proxyInit.iptablesMode="), "iptablesMode"],
	[set("proxyInit.iptablesMode=NFT"), "iptablesMode"],
	[set("proxyInit.iptableMode=nft"), "iptableMode"],
	[set("proxyinit.iptablesMode=nft"), "proxyinit"],
	[set("nosuchkey=1"), "nosuchkey"],
	[set("nosuchkey=null"), "nosuchkey"],
	[["-f", "misspelt.yaml"], "iptableMode"],
	[["-f", "anchors.yaml"], "x"],
	[["-f", "nulls.yaml", "-f", "null-label.yaml"], "podLabels"],
	[set("imagePullSecrets={}"), "imagePullSecrets"],
	[set("cniEnabled=maybe"), "cniEnabled"],
	[["--set-string", "cniEnabled=true"], "cniEnabled"],
	[["--set-json", "proxyInit=[]"], "proxyInit"],
	[set("proxyInit=null"), "proxyInit"],
	[set("injector.replicas=many"), "replicas"],
	[set("proxyInit.ignoreInboundPorts=70000"), "70000"],
	[set("proxyInit.ignoreInboundPorts=90-80"), "90-80"],
	[set("proxyInit.skipSubnets=10.0.0.0/33"), "10.0.0.0/33"],
	[set("proxyInit.closeWaitTimeoutSecs=5"), "closeWaitTimeoutSecs"],
	[set("proxy.ports.inbound=4140"), "proxy.ports"],
	[set("proxy.ports.inbound=0"), "proxy.ports.inbound"],
	[set("proxy.kind=custom"), "proxy.image"],
	[set("injector.tls.source=provided"), "injector.tls.ca"],
	[set("injector.tls.source=magic"), "source"],
	[["-f", "nope.yaml"], "nope.yaml"],
	[["-f", "broken.yaml"], "broken.yaml"],
	[["-f", "tabs.yaml"], "tabs.yaml"],
	[["-f", "list.yaml"], "list.yaml"],
	[["--set-file", "proxyInit.logLevel=nope.txt"], "nope.txt"],
	[set("proxyInit"), "proxyInit"],
	[set("imagePullSecrets[x].name=a"), "error parsing index"],
	[["--set-json", "proxyInit={"], "--set-json"],
];
