import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { type KubeObject, shuntImage } from "./cluster.ts";

type Program = "server" | "ask" | "load";
const texts = new Map<Program, string>();

/** The program of a pod, as text that Node takes on its command line. */
function program(name: Program): string {
	const known = texts.get(name);
	if (known !== undefined) {
		return known;
	}
	const entryPoints = [fileURLToPath(new URL(`../pods/${name}.mjs`, import.meta.url))];
	const built = buildSync({ entryPoints, bundle: true, platform: "node", format: "esm", write: false });
	const text = built.outputFiles[0]?.text ?? "";
	texts.set(name, text);
	return text;
}

export function nodeCommand(name: Program, ...args: readonly string[]): string[] {
	return ["/usr/bin/node", "--input-type=module", "--eval", program(name), "--", ...args];
}

export type Annotations = Readonly<Record<string, string>>;

/** Injected, or plainly not, whatever its namespace says. */
export function inject(enabled: boolean, more: Annotations = {}): Annotations {
	return { "shunt.dev/inject": enabled ? "enabled" : "disabled", ...more };
}

export function namespace(name: string, annotations: Annotations = {}): KubeObject {
	return { apiVersion: "v1", kind: "Namespace", metadata: { name, annotations } };
}

interface Server {
	readonly ports?: readonly number[];
	/** Asked by the kubelet whether it is ready, each time over a connection inbound; and ends without failing a request. */
	readonly probed?: boolean;
	readonly user?: number;
}

/** A pod's spec: a container `app` that serves on its ports, and asks where it is told to. */
export function serverSpec({ ports = [8080], probed = false, user = 1000 }: Server = {}) {
	const container = {
		name: "app",
		image: shuntImage,
		command: nodeCommand("server"),
		env: [
			{ name: "PORTS", value: ports.join(",") },
			{ name: "ASKED_ON", value: "9190" },
			...(probed ? [{ name: "LINGER", value: "yes" }] : []),
		],
		securityContext: restricted(user),
		...(probed ? graceful(ports[0] ?? 0) : {}),
	};
	return { terminationGracePeriodSeconds: 20, containers: [container] };
}

/** Ready when it answers; told to end when nobody is sent to it any more. */
function graceful(port: number) {
	return {
		readinessProbe: { httpGet: { path: "/", port }, periodSeconds: 1 },
		lifecycle: { preStop: { sleep: { seconds: 4 } } },
	};
}

/** A pod's spec: a container `app` that runs one of the other programs. */
export function programSpec(
	name: "ask" | "load",
	args: readonly string[],
	env: Readonly<Record<string, string>> = {},
) {
	const container = {
		name: "app",
		image: shuntImage,
		command: nodeCommand(name, ...args),
		env: Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
		securityContext: restricted(1000),
	};
	return { terminationGracePeriodSeconds: 5, containers: [container] };
}

/** What Pod Security's level `restricted` asks of a container. */
function restricted(user: number) {
	return {
		runAsUser: user,
		runAsNonRoot: true,
		allowPrivilegeEscalation: false,
		readOnlyRootFilesystem: true,
		capabilities: { drop: ["ALL"] },
		seccompProfile: { type: "RuntimeDefault" },
	};
}

interface Named {
	readonly name: string;
	readonly namespace: string;
	readonly annotations: Annotations;
}

export function pod({ name, namespace: place, annotations }: Named, spec: object): KubeObject {
	const metadata = { name, namespace: place, annotations, labels: { app: name } };
	return { apiVersion: "v1", kind: "Pod", metadata, spec };
}

/** A Deployment, StatefulSet or DaemonSet. */
export function workload(kind: string, named: Named, spec: object, more: object = {}): KubeObject {
	const { name, namespace: place, annotations } = named;
	const labels = { app: name };
	const template = { metadata: { labels, annotations }, spec };
	return {
		apiVersion: "apps/v1",
		kind,
		metadata: { name, namespace: place },
		spec: { selector: { matchLabels: labels }, template, ...more },
	};
}

/** In front of the pods of that name: in every family that the cluster has, `headless` without an address of its own. */
export function service(name: string, place: string, { headless = false, ports = [8080] } = {}): KubeObject {
	return {
		apiVersion: "v1",
		kind: "Service",
		metadata: { name, namespace: place },
		spec: {
			selector: { app: name },
			ipFamilyPolicy: "PreferDualStack",
			ports: ports.map((port) => ({ name: `p${port}`, port })),
			...(headless ? { clusterIP: "None" } : {}),
		},
	};
}
