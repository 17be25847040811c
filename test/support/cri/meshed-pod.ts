import type { Family } from "../../../src/domain/family.ts";
import type { Mode } from "../../../src/domain/mode.ts";
import { standard } from "../standard-policy.ts";
import { application, initContainer, proxyContainer } from "./containers.ts";
import { eventually } from "./eventually.ts";
import type { Machine } from "./machine.ts";
import { type Ended, type Pod, type Running, startPod } from "./pod.ts";
import { scripts } from "./talk.ts";

/** What the application listens on: a port that the proxy serves, and one that it is told to leave alone. */
export const ports = { served: 8080, ignored: 4190 } as const;

/** A pod as the injector makes it: the init container has run, and a proxy and an application are running. */
export interface MeshedPod extends Pod {
	readonly init: Ended;
	/** What a client got before there was a proxy. */
	readonly beforeProxy: string;
	/** Asks the application, from outside of all pods. */
	ask(family: Family, port: number): string;
	/** Has the application ask somebody. */
	askFromInside(host: string, port: number): Promise<string>;
	/** Connections that went through the proxy so far. */
	proxied(): { readonly inbound: number; readonly outbound: number };
}

export async function startMeshedPod(machine: Machine, mode: Mode): Promise<MeshedPod> {
	const pod = await startPod(machine, mode);
	try {
		return await mesh(machine, pod, mode);
	} catch (error) {
		await pod.remove();
		throw error;
	}
}

async function mesh({ netns }: Machine, pod: Pod, mode: Mode): Promise<MeshedPod> {
	const onMachine = (script: readonly string[]) => netns.run(process.execPath, script);
	const ask = (family: Family, port: number) => onMachine(scripts.ask(pod.addresses[family], port));
	const admin = (path: string) => onMachine(scripts.get(pod.addresses.ipv4, 4191, path));
	const connections = (metrics: string, direction: string) =>
		Number(
			new RegExp(`^shunt_proxy_connections_total{direction="${direction}"} (\\d+)$`, "m").exec(metrics)?.[1],
		);

	const init = await pod.run(
		initContainer([...standard.args, "--iptables-mode", mode], pod.emptyDir("/run")),
	);
	const app = await pod.start(application(ports.served, ports.ignored));
	await eventually("the application", () => listens(app));
	const beforeProxy = ask("ipv4", ports.served);
	const proxy = await pod.start(proxyContainer);
	await eventually("the proxy", () => admin("/ready") || undefined).catch(() => {
		throw new Error(`the proxy does not get ready:\n${proxy.log().join("\n")}`);
	});
	return {
		...pod,
		init,
		beforeProxy,
		ask,
		askFromInside: (host, port) => app.exec("/usr/bin/node", ...scripts.ask(host, port)),
		proxied: () => {
			const metrics = admin("/metrics");
			return { inbound: connections(metrics, "inbound"), outbound: connections(metrics, "outbound") };
		},
	};
}

function listens(app: Running): true | undefined {
	return app.log().length === Object.keys(ports).length ? true : undefined;
}
