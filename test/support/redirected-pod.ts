import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Family } from "../../src/domain/family.ts";
import type { Mode } from "../../src/domain/mode.ts";
import { injectPod } from "../../src/inject/inject-pod.ts";
import { type JsonObject, objectAt, objectsAt } from "../../src/inject/json.ts";
import { containerNames } from "../../src/inject/names.ts";
import { parseInjectConfig } from "../../src/inject/parse-config.ts";
import { runShunt } from "./programs.ts";
import { type Taken, takenIn } from "./taken-connections.ts";
import { cables, makeTopology } from "./topology.ts";
import { startTrafficActor, type TrafficActor } from "./traffic-actor.ts";

/** What the application in the pod and the servers outside of it listen on. */
export const podPorts = { asked: 8080, skipped: 7070, greeting: 8081, unused: 8088 } as const;
export const peerPorts = { asked: 9090, skipped: 6060, greeting: 9091, unused: 9099 } as const;
export const adminPort = 4191;

const [cable] = cables;
export const addresses: Readonly<Record<Family, { readonly pod: string; readonly peer: string }>> = {
	ipv4: { pod: cable.pod.ipv4, peer: cable.peer.ipv4[0] },
	ipv6: { pod: cable.pod.ipv6, peer: cable.peer.ipv6[0] },
};

/** A proxy that the injector knows, and where its program is on this machine. */
export interface ProxyInPod {
	readonly kind: "shunt" | "envoy";
	/** In place of the one that the container's command names. */
	readonly program: string;
}

/**
 * A pod and somebody outside of it, each in a network namespace, with what the injector would have run in the pod: the
 * arguments of its init container given to `shunt init`, and its proxy under the proxy's user without capabilities.
 */
export interface RedirectedPod {
	readonly inside: TrafficActor;
	readonly outside: TrafficActor;
	/** What the proxy has taken so far. */
	taken(): Promise<Taken>;
	/** What the proxy has written so far. */
	log(): string;
	remove(): Promise<void>;
}

export async function startRedirectedPod(mode: Mode, proxy: ProxyInPod): Promise<RedirectedPod> {
	const { init, sidecar } = injectedContainers(mode, proxy.kind);
	const topology = makeTopology("redirected");
	const actors: TrafficActor[] = [];
	let child: ChildProcess | undefined;
	let log = "";
	const remove = async () => {
		for (const actor of actors) {
			actor.stop();
		}
		if (child !== undefined && child.exitCode === null && child.signalCode === null) {
			child.kill("SIGKILL");
			await once(child, "exit");
		}
		topology.remove();
	};
	try {
		const { status, stderr } = runShunt(["init", ...textsOf(init, "args"), "--netns", topology.pod.path]);
		if (status !== 0) {
			throw new Error(`shunt init: exit status ${status}: ${stderr}`);
		}
		const inside = await startTrafficActor(topology.pod, listening(podPorts));
		actors.push(inside);
		const outside = await startTrafficActor(topology.peer, listening(peerPorts));
		actors.push(outside);
		child = startProxy(topology.pod.name, proxy.program, sidecar, (text) => {
			log += text;
		});
		await untilReady(outside, child, () => log);
		const taken = async () => {
			const { body } = await outside.get(adminUrl("ipv4", "/metrics"));
			return takenIn(body, proxy.kind);
		};
		return { inside, outside, taken, log: () => log, remove };
	} catch (error) {
		await remove();
		throw error;
	}
}

export function adminUrl(family: Family, path: string): string {
	const { pod } = addresses[family];
	return `http://${family === "ipv6" ? `[${pod}]` : pod}:${adminPort}${path}`;
}

/** The injector's own, as it would add them to a pod that skips a port each way. */
function injectedContainers(mode: Mode, kind: ProxyInPod["kind"]): { init: JsonObject; sidecar: JsonObject } {
	const config = parseInjectConfig({
		proxyInit: { iptablesMode: mode },
		disableIPv6: false,
		proxy: { kind },
	});
	if (!config.ok) {
		throw new Error(JSON.stringify(config.problems));
	}
	const outcome = injectPod({
		pod: { metadata: { name: "redirected" }, spec: { containers: [{ name: "application" }] } },
		config: config.value,
		whenUnannotated: "redirect",
		set: {
			"config.shunt.dev/skip-inbound-ports": `+${podPorts.skipped}`,
			"config.shunt.dev/skip-outbound-ports": `+${peerPorts.skipped}`,
		},
	});
	if (outcome.kind !== "injected") {
		throw new Error(JSON.stringify(outcome));
	}
	const containers = objectsAt(objectAt(outcome.pod, "spec"), "initContainers");
	const named = (name: string) => containers.find((container) => container["name"] === name) ?? {};
	return { init: named(containerNames.init), sidecar: named(containerNames.proxy) };
}

function startProxy(
	netns: string,
	program: string,
	sidecar: JsonObject,
	hear: (text: string) => void,
): ChildProcess {
	const user = `${objectAt(sidecar, "securityContext")["runAsUser"]}`;
	const powerless = ["--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"];
	const command = [program, ...textsOf(sidecar, "command").slice(1), ...textsOf(sidecar, "args")];
	const child = spawn(
		"ip",
		["netns", "exec", netns, "setpriv", "--reuid", user, "--regid", user, ...powerless, ...command],
		{ stdio: ["ignore", "pipe", "pipe"] },
	);
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding("utf8").on("data", hear);
	}
	return child;
}

async function untilReady(outside: TrafficActor, child: ChildProcess, log: () => string): Promise<void> {
	for (;;) {
		if (child.exitCode !== null || child.signalCode !== null) {
			throw new Error(`the proxy has ended (${child.exitCode ?? child.signalCode}):\n${log()}`);
		}
		if ((await outside.get(adminUrl("ipv4", "/ready"))).status === 200) {
			return;
		}
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}

function listening({ asked, skipped, greeting }: typeof podPorts | typeof peerPorts) {
	return { asked: [asked, skipped], greeting };
}

function textsOf(container: JsonObject, key: string): string[] {
	const list = container[key];
	return Array.isArray(list) ? list.map(String) : [];
}
