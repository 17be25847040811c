import { describe, expect, it } from "vitest";
import { formatProblem } from "../domain/problem.ts";
import { createMemoryHost, type MemoryHost } from "../host/memory.ts";
import { type Decision, decide, mayBeMeshed, type Question } from "./decide.ts";
import { type PluginConfig, readPluginConfig } from "./plugin-config.ts";
import { formatPodFile } from "./pod-file.ts";

const pod = { namespace: "shop", name: "web-0", uid: "u1" };
const path = "/run/shunt/pods/shop_web-0.json";
const stamp =
	'{"families":["ipv4"],"inbound":{"proxyPort":4143},"outbound":{"proxyPort":4140,"proxyUid":2102}}';
const stamped = { "shunt.dev/redirect": stamp };
const byLinkerd = {
	"linkerd.io/created-by": "linkerd/proxy-injector edge-26.8.1",
	"linkerd.io/proxy-version": "edge-26.8.1",
	"linkerd.io/inject": "enabled",
};
const linkerd = {
	"incoming-proxy-port": 4143,
	"outgoing-proxy-port": 4140,
	"proxy-uid": 2102,
	"inbound-ports-to-ignore": ["4190", "4191"],
	"outbound-ports-to-ignore": ["4567"],
	"subnets-to-ignore": ["10.0.0.0/8"],
	ipv6: true,
};

function configOf(entry: object): PluginConfig {
	const { config } = readPluginConfig({ ...entry });
	if (!config.ok) {
		throw new Error(config.problems.map(formatProblem).join());
	}
	return config.value;
}

function ask(more: Partial<Question> & { readonly entry?: object }, host = createMemoryHost()): Decision {
	const { entry = { linkerd }, ...question } = more;
	return decide(host, { config: configOf(entry), pod, annotations: {}, waitMs: 0, ...question });
}

const writeFile = (host: MemoryHost, text: string) => host.files.set(path, text);
const leave = (reason: string | RegExp) => ({
	kind: "leave",
	reason: typeof reason === "string" ? reason : expect.stringMatching(reason),
});

describe("a pod with a stamp", () => {
	it("is redirected as it says", () => {
		expect(ask({ annotations: stamped })).toMatchObject({
			kind: "redirect",
			by: "annotation shunt.dev/redirect",
			policy: { families: ["ipv4"], inbound: { proxyPort: 4143 }, outbound: { proxyUid: 2102 } },
		});
	});

	it("may leave lists to other annotations of its own", () => {
		const list = stamp.replace(
			'"proxyUid"',
			'"portsToIgnore":["annotation config.shunt.dev/skip-outbound-ports"],"proxyUid"',
		);
		const annotations = { "shunt.dev/redirect": list, "config.shunt.dev/skip-outbound-ports": "25, 587" };
		expect(ask({ annotations })).toMatchObject({
			policy: {
				outbound: {
					portsToIgnore: [
						{ low: 25, high: 25 },
						{ low: 587, high: 587 },
					],
				},
			},
		});
	});

	it("that is wrong is refused, not passed over", () => {
		const decision = ask({ annotations: { "shunt.dev/redirect": "{" } });
		expect(decision).toMatchObject({ kind: "refused", problems: [{ complaint: "is not JSON" }] });
	});

	it("is left to the init container that it brings", () => {
		const injected = JSON.stringify({ version: "1.0.0", volumes: ["shunt-init-xtables-lock"] });
		expect(ask({ annotations: { ...stamped, "shunt.dev/injected": injected } })).toEqual(
			leave("it brings an init container that makes its rules"),
		);
		const withPlugin = JSON.stringify({ version: "1.0.0", added: ["config.linkerd.io/proxy-uid"] });
		expect(ask({ annotations: { ...stamped, "shunt.dev/injected": withPlugin } }).kind).toBe("redirect");
	});

	it("counts more than the agent's file", () => {
		const host = createMemoryHost();
		writeFile(host, formatPodFile(pod, { kind: "leave", reason: "the agent says so" }));
		expect(ask({ annotations: stamped }, host).kind).toBe("redirect");
	});
});

describe("a pod without a stamp", () => {
	it("is left alone", () => {
		expect(ask({})).toEqual(leave("nothing says that it is meshed"));
		expect(ask({ annotations: { "shunt.dev/redirect": "", "shunt.dev/inject": "enabled" } })).toEqual(
			leave("nothing says that it is meshed"),
		);
	});

	it("waits for nothing, whatever the agent may be about to say", () => {
		const host = createMemoryHost();
		const before = host.now();
		expect(ask({ waitMs: 5000 }, host)).toEqual(leave("nothing says that it is meshed"));
		expect(host.now() - before).toBeLessThan(20);
	});

	it("is redirected where the agent's file says so", () => {
		const host = createMemoryHost();
		const redirected = ask({ annotations: stamped });
		if (redirected.kind !== "redirect") {
			throw new Error(redirected.kind);
		}
		writeFile(host, formatPodFile(pod, { kind: "redirect", policy: redirected.policy }));
		expect(ask({}, host)).toEqual({ ...redirected, by: path });
	});

	it.each(["{", '{"version":2}', '{"version":1,"uid":"u1"}', '{"version":1,"uid":"u0","leave":"x"}'])(
		"is no business of a file that says %s",
		(text) => {
			const host = createMemoryHost();
			writeFile(host, text);
			expect(ask({}, host)).toEqual(leave("nothing says that it is meshed"));
		},
	);
});

describe("a pod whose annotations the runtime does not hand over", () => {
	it("is left alone where the agent could not mean it", () => {
		expect(ask({ annotations: undefined })).toEqual(leave("nothing says that it is meshed"));
	});

	it("waits for the agent, and no longer than it was told to", () => {
		const host = createMemoryHost();
		const before = host.now();
		expect(ask({ annotations: undefined, waitMs: 300 }, host)).toEqual({
			kind: "unsettled",
			why: `${path} is not there`,
		});
		expect(host.now() - before).toBeGreaterThanOrEqual(300);
		expect(host.now() - before).toBeLessThan(400);
	});

	it("goes on as soon as the agent has written its file whole", () => {
		const host = createMemoryHost();
		const text = formatPodFile(pod, { kind: "leave", reason: "not injected" });
		let pauses = 0;
		const world = {
			...host,
			pause: (milliseconds: number) => {
				host.pause(milliseconds);
				pauses++;
				writeFile(host, pauses < 3 ? text.slice(0, 20) : text);
			},
		};
		const question = { config: configOf({}), pod, annotations: undefined, waitMs: 5000 };
		expect(decide(world, question)).toEqual(leave("not injected"));
		expect(pauses).toBe(3);
	});

	it("does not wait for what waiting does not mend", () => {
		const host = createMemoryHost();
		writeFile(host, '{"version":3}');
		const before = host.now();
		expect(ask({ annotations: undefined, waitMs: 5000 }, host)).toEqual({
			kind: "unsettled",
			why: `${path} is of version 3, which a newer agent wrote than this plugin is`,
		});
		writeFile(host, '{"version":1,"uid":"u1","leave":7}');
		expect(ask({ annotations: undefined, waitMs: 5000 }, host)).toMatchObject({ kind: "refused", by: path });
		expect(host.now() - before).toBeLessThan(20);
	});

	it("waits while the file is an earlier pod's", () => {
		const host = createMemoryHost();
		writeFile(host, formatPodFile({ ...pod, uid: "u0" }, { kind: "leave", reason: "x" }));
		expect(ask({ annotations: undefined, waitMs: 50 }, host)).toEqual({
			kind: "unsettled",
			why: `${path} is of an earlier pod (u0, not u1)`,
		});
	});
});

describe("a pod of Linkerd's injector", () => {
	it("is redirected as linkerd-cni would", () => {
		const annotations = {
			...byLinkerd,
			"config.linkerd.io/skip-inbound-ports": "25",
			"config.linkerd.io/skip-outbound-ports": "3306, 5432",
			"config.linkerd.io/skip-subnets": "192.168.0.0/16",
			"config.linkerd.io/proxy-uid": "3000",
			"config.linkerd.io/proxy-gid": "3001",
			"config.linkerd.io/opaque-ports": "25,443",
		};
		const decision = ask({ annotations });
		expect(decision).toMatchObject({
			kind: "redirect",
			by: "Linkerd's annotations",
			warnings: [],
			policy: {
				families: ["ipv4", "ipv6"],
				outbound: { proxyUid: 3000, proxyGid: 3001 },
			},
		});
		const { policy } = decision as Extract<Decision, { kind: "redirect" }>;
		// Inbound ports are added to the configuration's, outbound ports and subnets replace them.
		expect(policy.inbound.portsToIgnore.map(({ low }) => low)).toEqual([4190, 4191, 25]);
		expect(policy.outbound.portsToIgnore.map(({ low }) => low)).toEqual([3306, 5432]);
		expect(policy.inbound.subnetsToIgnore.map(({ text }) => text)).toEqual(["192.168.0.0/16"]);
	});

	it("has the configuration's policy where it says nothing", () => {
		const { policy } = ask({ annotations: byLinkerd }) as Extract<Decision, { kind: "redirect" }>;
		expect(policy.outbound.portsToIgnore.map(({ low }) => low)).toEqual([4567]);
		expect(policy.inbound.subnetsToIgnore.map(({ text }) => text)).toEqual(["10.0.0.0/8"]);
	});

	it("is redirected to where its proxy listens, which linkerd-cni overlooks", () => {
		const annotations = { ...byLinkerd, "config.linkerd.io/inbound-port": "5143" };
		expect(ask({ annotations })).toMatchObject({ policy: { inbound: { proxyPort: 5143 } } });
	});

	it("is refused for a word that linkerd-cni would drop", () => {
		const annotations = { ...byLinkerd, "config.linkerd.io/skip-outbound-ports": "mysql" };
		const decision = ask({ annotations });
		expect(decision.kind === "refused" ? decision.problems.map(formatProblem) : decision).toEqual([
			expect.stringMatching(/^annotation config\.linkerd\.io\/skip-outbound-ports: "mysql" is not a/),
		]);
	});

	it("is left alone where we do not stand in for linkerd-cni, or where it says so", () => {
		expect(ask({ annotations: byLinkerd, entry: {} })).toEqual(leave("nothing says that it is meshed"));
		expect(ask({ annotations: { ...byLinkerd, "linkerd.io/inject": "disabled" } })).toEqual(
			leave(/linkerd\.io\/inject: disabled says so/),
		);
	});

	it("is left to linkerd-init where the agent has seen that", () => {
		const host = createMemoryHost();
		writeFile(host, formatPodFile(pod, { kind: "leave", reason: "it brings linkerd-init" }));
		expect(ask({ annotations: byLinkerd }, host)).toEqual(leave("it brings linkerd-init"));
	});

	it("is not a pod that Linkerd only made", () => {
		expect(ask({ annotations: { "linkerd.io/created-by": "linkerd/helm edge-26.8.1" } })).toEqual(
			leave("nothing says that it is meshed"),
		);
	});

	it("reaches the API server past the proxy where it is the control plane", () => {
		const annotations = { ...byLinkerd, "linkerd.io/created-by": "linkerd/helm edge-26.8.1" };
		const outboundOf = (name: string, given: object) =>
			(
				ask({ annotations: { ...given }, pod: { ...pod, namespace: "linkerd", name } }) as Extract<
					Decision,
					{ kind: "redirect" }
				>
			).policy.outbound.portsToIgnore.map(({ low }) => low);
		expect(outboundOf("linkerd-destination-7d9f-x2x4z", annotations)).toEqual([4567, 443, 6443]);
		expect(outboundOf("linkerd-destination-7d9f-x2x4z", byLinkerd)).toEqual([4567]);
		expect(outboundOf("web-7d9f-x2x4z", annotations)).toEqual([4567]);
	});
});

describe("whatever a pod says", () => {
	it("an excluded namespace is left alone", () => {
		const entry = { shunt: { excludeNamespaces: ["shop"] } };
		expect(ask({ entry, annotations: stamped })).toEqual(leave("namespace shop is excluded"));
		expect(ask({ entry, annotations: undefined, waitMs: 5000 })).toEqual(leave("namespace shop is excluded"));
	});

	it.each([
		["shunt-cni", "shunt-agent-x7k2p", true],
		["shunt-cni", "shunt-agent-7d9f-x7k2p", false],
		["shunt-cni", "shunt-agent", false],
		["shop", "shunt-agent-x7k2p", false],
	])("%s/%s is the agent's own: %s", (namespace, name, isOwn) => {
		const entry = { shunt: { agent: { namespace: "shunt-cni", daemonSet: "shunt-agent" } } };
		const decision = ask({ entry, annotations: undefined, waitMs: 10, pod: { namespace, name, uid: "u" } });
		expect(decision.kind).toBe(isOwn ? "leave" : "unsettled");
	});
});

it.each([
	[undefined, true],
	[{}, false],
	[{ "shunt.dev/inject": "enabled" }, false],
	[stamped, true],
	[byLinkerd, true],
])("with annotations %j a pod may be meshed: %s", (annotations, expected) => {
	expect(mayBeMeshed(annotations)).toBe(expected);
});
