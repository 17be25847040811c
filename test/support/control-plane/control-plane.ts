import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createAuthority } from "../api-server/certificates.ts";
import { makeNetns, type Netns } from "../netns.ts";

export interface Ran {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/**
 * A Kubernetes API server and its etcd in a network namespace of their own, where the programs under test run too. There
 * are no controllers and no nodes: what would make pods of a Deployment is left out, what admits and stores them is real.
 */
export class ControlPlane {
	/** In the namespace; also where a webhook's endpoint can be, since a loopback address may not be one. */
	static readonly address = "10.98.0.1";
	readonly kubeconfig: string;
	readonly folder = mkdtempSync(join(tmpdir(), "shunt-control-plane-"));
	readonly #netns: Netns = makeNetns("control-plane");
	readonly #children: ChildProcess[] = [];
	readonly #programs: Readonly<Record<string, string>>;
	readonly #token = randomBytes(16).toString("hex");
	#ca = "";

	private constructor() {
		this.kubeconfig = join(this.folder, "kubeconfig");
		this.#programs = {
			kubectl: ensured("kubectl"),
			helm: ensured("helm"),
			"kube-apiserver": ensured("api-server"),
		};
	}

	static async start(): Promise<ControlPlane> {
		const plane = new ControlPlane();
		try {
			await plane.#begin();
			return plane;
		} catch (error) {
			await plane.stop();
			throw error;
		}
	}

	/** Runs a program in the namespace, as the cluster's administrator. */
	run(program: string, args: readonly string[], options: { input?: string; kubeconfig?: string } = {}): Ran {
		const { input = "", kubeconfig = this.kubeconfig } = options;
		const command = ["netns", "exec", this.#netns.name, this.#programs[program] ?? program, ...args];
		const env = { PATH: process.env["PATH"], HOME: this.folder, KUBECONFIG: kubeconfig };
		return spawnSync("ip", command, { encoding: "utf8", timeout: 120_000, input, env, maxBuffer: 64 << 20 });
	}

	/** The same for a program that goes on until the end. What it logs is in the answer. */
	launch(program: string, args: readonly string[]): { readonly child: ChildProcess; readonly log: string[] } {
		const command = ["netns", "exec", this.#netns.name, this.#programs[program] ?? program, ...args];
		const child = spawn("ip", command, { stdio: ["ignore", "pipe", "pipe"] });
		this.#children.push(child);
		const log: string[] = [];
		child.stdout.setEncoding("utf8").on("data", (text: string) => log.push(text));
		child.stderr.setEncoding("utf8").on("data", (text: string) => log.push(text));
		return { child, log };
	}

	/** A kubeconfig for a bearer of this token. */
	kubeconfigFor(token: string): string {
		const path = join(this.folder, `kubeconfig-${randomBytes(4).toString("hex")}`);
		this.#writeKubeconfig(path, token);
		return path;
	}

	#writeKubeconfig(path: string, token: string): void {
		const server = `https://${ControlPlane.address}:6443`;
		const data = Buffer.from(this.#ca).toString("base64");
		const config = {
			apiVersion: "v1",
			kind: "Config",
			clusters: [{ name: "test", cluster: { server, "certificate-authority-data": data } }],
			users: [{ name: "bearer", user: { token } }],
			contexts: [{ name: "test", context: { cluster: "test", user: "bearer" } }],
			"current-context": "test",
		};
		writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
	}

	async stop(): Promise<void> {
		const ended = this.#children.map(
			(child) =>
				new Promise<void>((resolve) => {
					if (child.exitCode !== null || child.signalCode !== null) {
						resolve();
					} else {
						child.once("exit", () => resolve());
						child.kill("SIGKILL");
					}
				}),
		);
		await Promise.all(ended);
		this.#netns.remove();
		rmSync(this.folder, { recursive: true, force: true });
	}

	async #begin(): Promise<void> {
		this.#netns.run("ip", ["address", "add", `${ControlPlane.address}/24`, "dev", "lo"]);
		const etcd = this.launch("etcd", [
			...["--data-dir", join(this.folder, "etcd"), "--unsafe-no-fsync"],
			...["--listen-peer-urls", "http://127.0.0.1:2380"],
		]);
		const server = this.launch("kube-apiserver", await this.#serverArguments());
		this.#writeKubeconfig(this.kubeconfig, this.#token);
		await this.#ready([etcd.child, server.child], () => [...etcd.log, ...server.log].slice(-40).join(""));
	}

	async #serverArguments(): Promise<string[]> {
		const authority = await createAuthority("control plane");
		const { cert, key } = await authority.issue([ControlPlane.address, "kubernetes"]);
		this.#ca = authority.cert;
		const { privateKey, publicKey } = generateKeyPairSync("rsa", {
			modulusLength: 2048,
			privateKeyEncoding: { type: "pkcs8", format: "pem" },
			publicKeyEncoding: { type: "spki", format: "pem" },
		});
		return [
			"--etcd-servers=http://127.0.0.1:2379",
			`--advertise-address=${ControlPlane.address}`,
			`--bind-address=${ControlPlane.address}`,
			"--service-cluster-ip-range=10.97.0.0/24",
			`--tls-cert-file=${this.#write("server.crt", cert)}`,
			`--tls-private-key-file=${this.#write("server.key", key)}`,
			`--token-auth-file=${this.#write("tokens", `${this.#token},administrator,administrator,system:masters\n`)}`,
			"--authorization-mode=RBAC",
			"--service-account-issuer=https://kubernetes.default.svc",
			`--service-account-key-file=${this.#write("accounts.pub", publicKey)}`,
			`--service-account-signing-key-file=${this.#write("accounts.key", privateKey)}`,
			// No controller makes default service accounts here.
			"--disable-admission-plugins=ServiceAccount",
			// No kube-proxy either: webhooks' services are resolved to their endpoints.
			"--enable-aggregator-routing=true",
		];
	}

	#write(name: string, text: string): string {
		const path = join(this.folder, name);
		writeFileSync(path, text, { mode: 0o600 });
		return path;
	}

	async #ready(children: readonly ChildProcess[], log: () => string): Promise<void> {
		for (let tries = 0; tries < 300; tries++) {
			if (children.some(({ exitCode }) => exitCode !== null)) {
				throw new Error(`the control plane ended: ${log()}`);
			}
			if (this.run("kubectl", ["get", "--raw", "/readyz", "--request-timeout=3s"]).stdout === "ok") {
				return;
			}
			await sleep(200);
		}
		throw new Error(`the control plane did not become ready: ${log()}`);
	}
}

function ensured(what: string): string {
	const script = fileURLToPath(new URL(`../../../scripts/ensure-${what}.sh`, import.meta.url));
	return execFileSync(script, { encoding: "utf8", timeout: 1_200_000 }).trim();
}
