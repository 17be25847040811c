import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { ControlPlane, type Ran } from "./control-plane.ts";

const shunt = fileURLToPath(new URL("../../../bin/shunt", import.meta.url));
const port = 8443;
const adminPort = 9995;

/** The injector of a release that is installed in namespace `shunt`, where its Service leads to. */
export class RunningInjector {
	readonly #plane: ControlPlane;
	readonly #mounted: string;

	private constructor(plane: ControlPlane) {
		this.#plane = plane;
		this.#mounted = join(plane.folder, "mounted");
	}

	/** With what is mounted and the token that its Deployment gives it. */
	static async start(plane: ControlPlane): Promise<RunningInjector> {
		const injector = new RunningInjector(plane);
		mkdirSync(injector.#mounted);
		injector.mount();
		await injector.#start();
		return injector;
	}

	/** What a kubelet mounts into the injector's pod, and mounts anew when it changes. */
	mount(): void {
		const get = (kind: string, name: string) =>
			JSON.parse(
				succeed(this.#plane.run("kubectl", ["get", kind, name, "-n", "shunt", "-o", "json"])).stdout,
			);
		const secret = get("secret", "shunt-injector-tls").data;
		for (const name of ["tls.crt", "tls.key"]) {
			writeFileSync(join(this.#mounted, name), Buffer.from(secret[name], "base64"));
		}
		writeFileSync(join(this.#mounted, "config.yaml"), get("configmap", "shunt-config").data["config.yaml"]);
	}

	async #start(): Promise<void> {
		const plane = this.#plane;
		const mounted = (name: string) => join(this.#mounted, name);
		const token = succeed(plane.run("kubectl", ["create", "token", "shunt-injector", "-n", "shunt"]));
		const { child, log } = plane.launch(shunt, [
			"injector",
			...[`--port=${port}`, `--admin-port=${adminPort}`, `--config=${mounted("config.yaml")}`],
			...[`--tls-cert=${mounted("tls.crt")}`, `--tls-key=${mounted("tls.key")}`],
			...[`--kubeconfig=${plane.kubeconfigFor(token.stdout.trim())}`, "--check-interval=1s"],
		]);
		await becomes(() => {
			expect(child.exitCode, log.join("")).toBeNull();
			const ready = `http://127.0.0.1:${adminPort}/ready`;
			return plane.run("curl", ["-sm", "3", "-o", "/dev/null", "-w", "%{http_code}", ready]).stdout;
		}, /200/);
		this.#pointServiceHere();
	}

	#pointServiceHere(): void {
		const slice = {
			apiVersion: "discovery.k8s.io/v1",
			kind: "EndpointSlice",
			metadata: {
				name: "shunt-injector-test",
				namespace: "shunt",
				labels: { "kubernetes.io/service-name": "shunt-injector" },
			},
			addressType: "IPv4",
			endpoints: [{ addresses: [ControlPlane.address], conditions: { ready: true } }],
			ports: [{ name: "webhook", port, protocol: "TCP" }],
		};
		succeed(this.#plane.run("kubectl", ["apply", "-f", "-"], { input: JSON.stringify(slice) }));
	}
}

export function succeed(ran: Ran): Ran {
	expect(ran.status, `${ran.stdout.slice(-2_000)}\n${ran.stderr}`).toBe(0);
	return ran;
}

/** An API server learns of webhooks and endpoints in its own time. */
export async function becomes(look: () => string, wanted: RegExp): Promise<void> {
	let seen = "";
	for (let tries = 0; tries < 150; tries++) {
		seen = look();
		if (wanted.test(seen)) {
			return;
		}
		await sleep(200);
	}
	expect(seen).toMatch(wanted);
}
