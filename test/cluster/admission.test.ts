import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ControlPlane } from "../support/control-plane/control-plane.ts";
import { becomes, RunningInjector, succeed } from "../support/control-plane/running-injector.ts";

const shunt = fileURLToPath(new URL("../../bin/shunt", import.meta.url));

let plane: ControlPlane;

beforeAll(async () => {
	plane = await ControlPlane.start();
	const manifests = succeed(plane.run(shunt, ["install"])).stdout;
	succeed(plane.run("kubectl", ["apply", "-f", "-"], { input: manifests }));
	await RunningInjector.start(plane);
	makeNamespace("team");
	await becomes(() => {
		plane.run("kubectl", ["delete", "pod", "first", "-n", "team", "--grace-period=0", "--force"]);
		return create("team", { name: "first" }).stdout;
	}, /shunt-init/);
}, 1_800_000);

afterAll(async () => {
	await plane?.stop();
});

interface Wish {
	readonly name: string;
	readonly spec?: object;
	readonly annotations?: Readonly<Record<string, string>>;
	readonly resources?: object;
}

const enabled = { "shunt.dev/inject": "enabled" };

function makeNamespace(name: string, annotations: Readonly<Record<string, string>> = {}): void {
	const metadata = { name, annotations: { ...enabled, ...annotations } };
	apply({ apiVersion: "v1", kind: "Namespace", metadata });
}

function apply(object: object): void {
	succeed(plane.run("kubectl", ["apply", "-f", "-"], { input: JSON.stringify(object) }));
}

function podOf({ name, spec = {}, annotations = {}, resources }: Wish, namespace: string) {
	const app = { name: "app", image: "app:1", ...(resources === undefined ? {} : { resources }) };
	return {
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name, namespace, annotations },
		spec: { containers: [app], ...spec },
	};
}

/** What the API server made of a pod, with what kubectl said beside. */
function create(namespace: string, wish: Wish) {
	const input = JSON.stringify(podOf(wish, namespace));
	return plane.run("kubectl", ["create", "-o", "yaml", "-f", "-"], { input });
}

function accepted(namespace: string, wish: Wish) {
	const { stdout, stderr } = succeed(create(namespace, wish));
	const pod = parse(stdout);
	const all: { name: string; resources?: object }[] = [
		...(pod.spec.initContainers ?? []),
		...pod.spec.containers,
	];
	return {
		pod,
		stderr,
		names: all.map(({ name }) => name),
		resourcesOf: (name: string) => all.find((container) => container.name === name)?.resources,
	};
}

const injected = ["shunt-init", "shunt-proxy", "app"];
const proxyAmounts = {
	"config.shunt.dev/proxy-cpu-request": "50m",
	"config.shunt.dev/proxy-cpu-limit": "100m",
	"config.linkerd.io/proxy-memory-request": "64Mi",
	"config.linkerd.io/proxy-memory-limit": "128Mi",
};

describe("a pod with resources as a whole", () => {
	const wholes: Readonly<Record<string, object>> = {
		"requests and limits": {
			requests: { cpu: "200m", memory: "64Mi" },
			limits: { cpu: "1", memory: "128Mi" },
		},
		"limits alone": { limits: { cpu: "1", memory: "128Mi" } },
		"one request": { requests: { cpu: "10m" } },
		"less than ours ask for": {
			requests: { cpu: "1m", memory: "1Mi" },
			limits: { cpu: "2m", memory: "2Mi" },
		},
	};

	it.each(Object.keys(wholes))("is accepted, injected, and told so: %s", (what) => {
		const name = what.replaceAll(" ", "-");
		const spec = { resources: wholes[what] };
		const { names, stderr } = accepted("team", { name, spec, annotations: proxyAmounts });
		expect(names).toEqual(injected);
		expect(stderr).toContain("the pod has resources of its own (spec.resources)");
		const classic = { ...proxyAmounts, "config.shunt.dev/native-sidecar": "false" };
		const container = { name: "app", image: "app:1", resources: { requests: { cpu: "1m", memory: "1Mi" } } };
		const shared = { ...spec, containers: [container] };
		accepted("team", { name: `${name}-classic`, spec: shared, annotations: classic });
	});

	it("is accepted where an init container beside a native sidecar takes all of it", () => {
		const half = { requests: { cpu: "500m", memory: "32Mi" } };
		const sidecar = { name: "sidecar", image: "app:1", restartPolicy: "Always", resources: half };
		const spec = {
			initContainers: [sidecar, { name: "first", image: "app:1", resources: half }],
			resources: { requests: { cpu: "1", memory: "64Mi" } },
		};
		const resources = { requests: { cpu: "100m", memory: "32Mi" } };
		const { names } = accepted("team", { name: "all-taken", spec, resources });
		expect(names).toEqual(["shunt-init", "shunt-proxy", "sidecar", "first", "app"]);
	});

	it("keeps the quality of service that it would have without us", () => {
		const amounts = { cpu: "200m", memory: "64Mi" };
		const spec = { resources: { requests: amounts, limits: amounts } };
		const { pod } = accepted("team", { name: "guaranteed-as-a-whole", spec });
		expect(pod.status.qosClass).toBe("Guaranteed");
	});
});

describe("a namespace with a quota", () => {
	const amounts = { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "100m", memory: "64Mi" } };

	beforeAll(() => {
		for (const [name, annotations] of [
			["quota", {}],
			["quota-met", proxyAmounts],
		] as const) {
			makeNamespace(name, annotations);
			const hard = {
				"requests.cpu": "10",
				"requests.memory": "10Gi",
				"limits.cpu": "10",
				"limits.memory": "10Gi",
			};
			apply({
				apiVersion: "v1",
				kind: "ResourceQuota",
				metadata: { name: "all", namespace: name },
				spec: { hard },
			});
			// What the quota controller would do.
			const used = { "requests.cpu": "0", "requests.memory": "0", "limits.cpu": "0", "limits.memory": "0" };
			const patch = JSON.stringify({ status: { hard, used } });
			const place = ["-n", name, "--subresource=status", "--type=merge", "-p", patch];
			succeed(plane.run("kubectl", ["patch", "resourcequota", "all", ...place]));
		}
	});

	it("takes pods whose proxy has what it wants, by the namespace's annotations", async () => {
		await becomes(
			() => create("quota-met", { name: `met-${Date.now()}`, resources: amounts }).stdout,
			/shunt-proxy/,
		);
		const { names, resourcesOf } = accepted("quota-met", { name: "met", resources: amounts });
		expect(names).toEqual(injected);
		const wanted = { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "100m", memory: "128Mi" } };
		expect(resourcesOf("shunt-init")).toEqual(wanted);
		expect(resourcesOf("shunt-proxy")).toEqual(wanted);
	});

	it("has nothing against the init container, which is small by itself", async () => {
		await becomes(
			() => create("quota", { name: "small", resources: amounts }).stderr,
			/must specify .*shunt-proxy/,
		);
		expect(create("quota", { name: "small", resources: amounts }).stderr).not.toContain("shunt-init");
	});

	it("is named by shunt check where it would refuse pods, and only there", () => {
		const { stdout } = plane.run(shunt, ["check", "--wait", "0s", "-o", "json"]);
		const checks = JSON.parse(stdout).categories.flatMap(
			(category: { checks: { id: string }[] }) => category.checks,
		);
		const { result, data } = checks.find(({ id }: { id: string }) => id === "config-quotas");
		expect(result).toBe("warning");
		expect(data.map(({ namespace }: { namespace: string }) => namespace)).toEqual(["quota"]);
		expect(data[0].reason).toMatch(
			/^shunt-proxy has no .*: set proxy-cpu-limit, proxy-memory-limit, .*proxy-memory-request$/,
		);
	});
});

describe("a namespace with a limit range", () => {
	beforeAll(() => {
		makeNamespace("range");
		const item = {
			type: "Container",
			min: { cpu: "50m", memory: "32Mi" },
			max: { cpu: "2", memory: "2Gi" },
			default: { cpu: "400m", memory: "256Mi" },
			defaultRequest: { cpu: "200m", memory: "128Mi" },
			maxLimitRequestRatio: { cpu: "4", memory: "2" },
		};
		const metadata = { name: "all", namespace: "range" };
		apply({ apiVersion: "v1", kind: "LimitRange", metadata, spec: { limits: [item] } });
	});

	const limits = { cpu: "2", memory: "2Gi" };
	const filledIn = {
		requests: { cpu: "200m", memory: "128Mi" },
		limits: { cpu: "400m", memory: "256Mi" },
	};
	const least = { cpu: "100m", memory: "64Mi" };

	it.each<[string, object | undefined, object]>([
		["silent", undefined, filledIn],
		["outspoken", { requests: { cpu: "1", memory: "1Gi" }, limits }, { requests: least, limits: least }],
	])("takes pods, whether they say what they want or not: %s", async (name, resources, ours) => {
		const wish = { name, ...(resources === undefined ? {} : { resources }) };
		await becomes(() => create("range", { ...wish, name: `${name}-${Date.now()}` }).stdout, /limit-ranger/);
		const { names, resourcesOf } = accepted("range", wish);
		expect(names).toEqual(injected);
		expect(resourcesOf("shunt-init")).toEqual(ours);
		expect(resourcesOf("shunt-proxy")).toEqual(filledIn);
	});
});

describe("a pod with resources as a whole, where a limit range fills in what containers do not say", () => {
	const amounts = { cpu: "200m", memory: "64Mi" };
	const whole = { requests: amounts, limits: { cpu: "1", memory: "1Gi" } };

	beforeAll(() => {
		makeNamespace("defaults");
		const item = {
			type: "Container",
			default: { cpu: "400m", memory: "256Mi" },
			defaultRequest: { cpu: "200m", memory: "128Mi" },
		};
		const metadata = { name: "all", namespace: "defaults" };
		apply({ apiVersion: "v1", kind: "LimitRange", metadata, spec: { limits: [item] } });
	});

	it.each([
		["with nothing left", amounts, { requests: { cpu: "0", memory: "0" } }],
		["with something left", { cpu: "190m", memory: "32Mi" }, { requests: { cpu: "10m", memory: "32Mi" } }],
	])("is accepted by what ours ask for: %s", async (what, requests, ours) => {
		const name = what.replaceAll(" ", "-");
		for (const native of ["true", "false"]) {
			const wish = {
				spec: { resources: whole },
				resources: { requests },
				annotations: { "config.shunt.dev/native-sidecar": native },
			};
			await becomes(
				() => create("defaults", { ...wish, name: `${name}-${Date.now()}` }).stdout,
				/shunt-proxy/,
			);
			const { names, resourcesOf } = accepted("defaults", { ...wish, name: `${name}-${native}` });
			expect(names.toSorted()).toEqual(injected.toSorted());
			const filledIn = { limits: { cpu: "400m", memory: "256Mi" } };
			expect(resourcesOf("shunt-proxy")).toEqual({ ...ours, ...filledIn });
			expect(resourcesOf("shunt-init")).toEqual({ ...ours, ...filledIn });
		}
	});
});

describe("a pod that is to be Guaranteed", () => {
	it("is told where it would not be", () => {
		const amounts = { cpu: "200m", memory: "64Mi" };
		const resources = { requests: amounts, limits: amounts };
		const { pod, stderr } = accepted("team", { name: "no-longer-guaranteed", resources });
		expect(pod.status.qosClass).toBe("Burstable");
		expect(stderr).toContain("would be Guaranteed, and is Burstable");
		expect(stderr).toContain("set proxy-cpu-limit, proxy-memory-limit,");
	});

	it("is, where the proxy asks for as much as it may use", () => {
		const amounts = { cpu: "200m", memory: "64Mi" };
		const annotations = {
			"config.shunt.dev/proxy-cpu-limit": "100m",
			"config.shunt.dev/proxy-memory-limit": "64Mi",
		};
		const resources = { requests: amounts, limits: amounts };
		const { pod, names } = accepted("team", { name: "guaranteed", resources, annotations });
		expect(names).toEqual(injected);
		expect(pod.status.qosClass).toBe("Guaranteed");
	});
});

describe("a pod that is none of ours to inject", () => {
	it.each([
		["Windows by selector", { spec: { nodeSelector: { "kubernetes.io/os": "windows" } } }],
		["Windows by its options", { spec: { securityContext: { windowsOptions: { hostProcess: false } } } }],
		["Kuma's", { annotations: { "kuma.io/sidecar-injected": "true" } }],
		["Consul's", { annotations: { "consul.hashicorp.com/connect-inject-status": "injected" } }],
	])("is accepted as it is: %s", (what, wish) => {
		const name = what.toLowerCase().replaceAll(/[^a-z]+/g, "-");
		expect(accepted("team", { name, ...wish }).names).toEqual(["app"]);
	});
});

describe("what shunt inject makes", () => {
	const template = {
		metadata: { labels: { app: "a" } },
		spec: { containers: [{ name: "app", image: "app:1" }] },
	};
	const spec = { selector: { matchLabels: { app: "a" } }, template };

	it.each([["--manual"], []])("of a typed list is taken by kubectl and the API server", (...flags) => {
		const items = ["one", "two"].map((name) => ({ metadata: { name, namespace: "team" }, spec }));
		const list = JSON.stringify({ apiVersion: "apps/v1", kind: "DeploymentList", items });
		const made = succeed(plane.run(shunt, ["inject", ...flags, "-"], { input: list }));
		expect(made.stderr).toMatch(/2 (?:injected|annotated)/);
		const place = ["--validate=strict", "-f", "-"];
		succeed(plane.run("kubectl", ["apply", ...place], { input: made.stdout }));
		const got = JSON.parse(
			succeed(plane.run("kubectl", ["get", "deployment", "two", "-n", "team", "-o", "json"])).stdout,
		);
		const pod = got.spec.template;
		expect(flags.length > 0 ? pod.spec.initContainers : pod.metadata.annotations).toMatchObject(
			flags.length > 0 ? [{ name: "shunt-init" }, { name: "shunt-proxy", restartPolicy: "Always" }] : enabled,
		);
	});

	it.each([
		["argoproj.io/v1alpha1", "Rollout"],
		["apps.kruise.io/v1alpha1", "CloneSet"],
	])("of a %s %s has a template whose pods are accepted", (apiVersion, kind) => {
		const object = JSON.stringify({ apiVersion, kind, metadata: { name: "x" }, spec });
		const made = succeed(plane.run(shunt, ["inject", "--manual", "-"], { input: object }));
		const { metadata, spec: podSpec } = JSON.parse(made.stdout).spec.template;
		const name = kind.toLowerCase();
		const pod = {
			apiVersion: "v1",
			kind: "Pod",
			metadata: { ...metadata, name, namespace: "team" },
			spec: podSpec,
		};
		const place = ["--validate=strict", "-f", "-"];
		succeed(plane.run("kubectl", ["create", ...place], { input: JSON.stringify(pod) }));
	});
});

describe("annotations", () => {
	it("of Linkerd's that are misspelt are refused, and those that nobody knows are told of", () => {
		const wrong = create("team", {
			name: "wrong",
			annotations: { "config.linkerd.io/skip-outbound-port": "25" },
		});
		expect(wrong.status).not.toBe(0);
		expect(wrong.stderr).toMatch(
			/skip-outbound-port: is not known \(want config\.linkerd\.io\/skip-outbound-ports\)/,
		);
		const newer = accepted("team", { name: "newer", annotations: { "config.linkerd.io/proxy-dance": "on" } });
		expect(newer.stderr).toContain("config.linkerd.io/proxy-dance is known neither here nor of Linkerd");
		expect(newer.names).toEqual(injected);
	});

	it("may be nearly as long as Kubernetes takes them", () => {
		const ports = (count: number) => Array.from({ length: count }, (_, index) => 2 * index + 1).join();
		const skip = "config.shunt.dev/skip-inbound-ports";
		const { pod, names } = accepted("team", { name: "long", annotations: { [skip]: ports(32_000) } });
		expect(names).toEqual(injected);
		const lengths = pod.spec.initContainers[0].args.map((argument: string) => argument.length);
		expect(Math.max(...lengths)).toBeLessThan(131_072);
		const note = "x".repeat(262_144 - ports(32_000).length - 100);
		const longer = create("team", { name: "longer", annotations: { [skip]: ports(32_000), note } });
		expect(longer.stderr).toMatch(/metadata\.annotations: would have \d+ bytes .* \(want at most 262144/);
	});
});
