import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CommanderError } from "commander";
import { parse, parseAllDocuments, stringify } from "yaml";
import { installCommand } from "../../../src/cli/install/install-command.ts";
import type { ReleaseIo } from "../../../src/cli/io.ts";
import { uninstallCommand } from "../../../src/cli/uninstall/uninstall-command.ts";
import { upgradeCommand } from "../../../src/cli/upgrade/upgrade-command.ts";
import type { ExitCode } from "../../../src/domain/exit-code.ts";
import { ApiServer } from "../../support/api-server/api-server.ts";
import { type ApiObject, keyOf } from "../../support/api-server/store.ts";

const ownChart = fileURLToPath(new URL("../../../charts/shunt", import.meta.url));
const commands = { install: installCommand, upgrade: upgradeCommand, uninstall: uninstallCommand };

export interface Ran {
	readonly status: ExitCode | "usage";
	readonly stdout: string;
	readonly stderr: string;
	/** It said that the cluster lets it wait. */
	readonly waited: boolean;
}

/** An API server with a kubeconfig, a folder for files, and our commands before it. */
export class Installation {
	readonly api: ApiServer;
	readonly folder = mkdtempSync(join(tmpdir(), "shunt-cli-"));
	chart = ownChart;
	env: Record<string, string>;
	stdin = "";
	now = Date.now;

	private constructor(api: ApiServer) {
		this.api = api;
		this.env = { HOME: this.folder, KUBECONFIG: this.write("kubeconfig", api.kubeconfig) };
	}

	static async start(): Promise<Installation> {
		return new Installation(await ApiServer.start());
	}

	async stop(): Promise<void> {
		rmSync(this.folder, { recursive: true, force: true });
		await this.api.stop();
	}

	/** Writes a file and says where it is. */
	write(name: string, text: string): string {
		const path = join(this.folder, name);
		writeFileSync(path, text);
		return path;
	}

	/** `shunt COMMAND ARGS…`, in this process. */
	async run(command: keyof typeof commands, ...args: string[]): Promise<Ran> {
		let status: Ran["status"] = "usage";
		const out = { stdout: "", stderr: "" };
		const waited: string[] = [];
		const world: ReleaseIo = {
			env: this.env,
			chart: () => this.chart,
			readFile: (path) => readFileSync(path, "utf8"),
			stdin: () => this.stdin,
			stdout: (text) => {
				out.stdout += text;
			},
			stderr: (text) => {
				out.stderr += text;
			},
			now: () => this.now(),
		};
		const program = commands[command]((ended) => {
			status = ended;
		}, world).configureOutput({ writeErr: world.stderr });
		try {
			await program.parseAsync(args, { from: "user" });
		} catch (error) {
			if (!(error instanceof CommanderError)) {
				throw error;
			}
		}
		// Said on a busy machine alone.
		const stderr = out.stderr.replace(/^still asking .*\n/gm, (line) => {
			waited.push(line);
			return "";
		});
		return { status, ...out, stderr, waited: waited.length > 0 };
	}

	/** Runs a command that shall succeed, and applies what it prints. */
	async apply(command: "install" | "upgrade", ...args: string[]): Promise<Ran> {
		const ran = await this.run(command, ...args);
		if (ran.status !== 0) {
			throw new Error(`${command} ended with ${ran.status}: ${ran.stderr}`);
		}
		for (const object of objectsOf(ran.stdout)) {
			this.api.store.put(collectionOf(object), object);
		}
		return ran;
	}

	/** An object in the cluster. */
	find(kind: string, name: string, namespace?: string): ApiObject | undefined {
		const collection = collectionOf({ kind, apiVersion: apiVersions[kind] ?? "v1", metadata: { name } });
		return this.api.store.get(collection, keyOf(namespace === undefined ? { name } : { namespace, name }));
	}

	/** A copy of the chart with other defaults and no schema; `defaults` changes what `values.yaml` says. */
	changeChart(version: string, defaults: (values: Record<string, unknown>) => void): void {
		const folder = join(this.folder, `chart-${version}`);
		cpSync(ownChart, folder, { recursive: true });
		rmSync(join(folder, "values.schema.json"));
		const values = parse(readFileSync(join(folder, "values.yaml"), "utf8"));
		defaults(values);
		writeFileSync(join(folder, "values.yaml"), stringify(values));
		const chart = parse(readFileSync(join(folder, "Chart.yaml"), "utf8"));
		writeFileSync(join(folder, "Chart.yaml"), stringify({ ...chart, version, appVersion: version }));
		this.chart = folder;
	}

	useOwnChart(): void {
		this.chart = ownChart;
	}
}

/** The objects of a stream of YAML. */
export function objectsOf(text: string): ApiObject[] {
	const documents = parseAllDocuments(text);
	return (Array.isArray(documents) ? documents : [])
		.map((document) => {
			if (document.errors.length > 0) {
				throw document.errors[0];
			}
			return document.toJS();
		})
		.filter((object) => object !== null);
}

/** The one object of that kind and name in a stream. */
export function objectIn(text: string, kind: string, name: string): ApiObject {
	const found = objectsOf(text).filter((object) => object.kind === kind && object.metadata.name === name);
	if (found.length !== 1 || found[0] === undefined) {
		throw new Error(`${found.length} objects are ${kind} ${name}`);
	}
	return found[0];
}

/** The mode that the injector is told. */
export function modeIn(text: string): unknown {
	return parse((objectIn(text, "ConfigMap", "shunt-config")["data"] as Data)["config.yaml"] ?? "").proxyInit
		.iptablesMode;
}

export type Data = Readonly<Record<string, string>>;

const plurals: Readonly<Record<string, string>> = {
	NetworkPolicy: "networkpolicies",
};

const apiVersions: Readonly<Record<string, string>> = {
	ConfigMap: "v1",
	Secret: "v1",
	Namespace: "v1",
	MutatingWebhookConfiguration: "admissionregistration.k8s.io/v1",
	Deployment: "apps/v1",
};

function collectionOf({ apiVersion, kind = "" }: ApiObject): string {
	return `${apiVersion}/${plurals[kind] ?? `${kind.toLowerCase()}s`}`;
}
