import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { afterAll } from "vitest";
import { commandFor } from "./programs.ts";

/**
 * The API server, asked as the cluster's administrator over one `kubectl proxy` for a whole file of tests. A kubectl of its
 * own for every question takes a hundred times as long as the API server does, and there are thousands.
 */
let proxy: { readonly child: ChildProcess; readonly folder: string } | undefined;

afterAll(() => {
	if (proxy !== undefined) {
		// The group: between it and us stand what leads it to the cluster's network.
		process.kill(-proxy.child.pid!, "SIGKILL");
		rmSync(proxy.folder, { recursive: true, force: true });
		proxy = undefined;
	}
});

async function socket(): Promise<string> {
	if (proxy === undefined) {
		const folder = mkdtempSync(`${tmpdir()}/shunt-e2e-`);
		const [command, args, env] = commandFor("kubectl", ["proxy", `--unix-socket=${folder}/socket`]);
		const child = spawn(command, args, { env, detached: true, stdio: "ignore" });
		proxy = { child, folder };
	}
	const path = `${proxy.folder}/socket`;
	for (let tries = 0; !existsSync(path); tries++) {
		if (tries > 600 || proxy.child.exitCode !== null) {
			throw new Error("kubectl proxy does not start");
		}
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	return path;
}

export interface Response {
	readonly status: number;
	readonly text: string;
}

interface Request {
	readonly method?: "GET" | "POST" | "PATCH";
	readonly type?: string;
	readonly body?: unknown;
}

/** One request, whatever comes of it. */
export async function request(path: string, { method = "GET", type, body }: Request = {}): Promise<Response> {
	const socketPath = await socket();
	const headers = { host: "localhost", "content-type": type ?? "application/json" };
	return new Promise((resolve, reject) => {
		const sent = httpRequest({ socketPath, path, method, headers, agent: false }, (response) => {
			response.toArray().then((chunks) => {
				resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") });
			}, reject);
		});
		sent.on("error", reject);
		sent.end(body === undefined ? undefined : JSON.stringify(body));
	});
}

/** The same, of which nothing but success will do. Answers what was said. */
export async function raw(path: string, how: Request = {}): Promise<string> {
	const { status, text } = await request(path, how);
	if (status < 200 || status > 299) {
		throw new Error(`${how.method ?? "GET"} ${path}: ${status} ${text.slice(0, 3_000)}`);
	}
	return text;
}

const options = {
	namespace: { type: "string", short: "n" },
	selector: { type: "string", short: "l" },
	"field-selector": { type: "string" },
} as const;

/** Where the kinds are that tests read. */
const groups: Readonly<Record<string, string>> = {
	deployment: "apis/apps/v1",
	daemonset: "apis/apps/v1",
	job: "apis/batch/v1",
};

/** `kubectl get ARGUMENTS -o json`: a kind, perhaps a name, `-n`, `-l` and `--field-selector`. */
export async function get<T>(...args: readonly string[]): Promise<T> {
	const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
	const [kind = "", name] = positionals;
	const singular = kind.replace(/s$/, "");
	const path = pathOf(groups[singular] ?? "api/v1", `${singular}s`, { name, namespace: values.namespace });
	const query = new URLSearchParams();
	for (const [key, value] of [
		["labelSelector", values.selector],
		["fieldSelector", values["field-selector"]],
	] as const) {
		if (value !== undefined) {
			query.set(key, value);
		}
	}
	return JSON.parse(await raw(`${path}?${query}`));
}

interface Named {
	readonly name?: string | undefined;
	readonly namespace?: string | undefined;
}

function pathOf(group: string, plural: string, { name, namespace }: Named): string {
	const place = namespace === undefined ? "" : `/namespaces/${namespace}`;
	return `/${group}${place}/${plural}${name === undefined ? "" : `/${name}`}`;
}

/** As `kubectl apply` names an object. */
export interface KubeObject {
	readonly apiVersion: string;
	readonly kind: string;
	readonly metadata: {
		readonly name: string;
		readonly namespace?: string;
		readonly labels?: Readonly<Record<string, string>>;
		readonly annotations?: Readonly<Record<string, string>>;
	};
	readonly [field: string]: unknown;
}

/** `kubectl apply --server-side`, one after the other. */
export async function apply(...objects: readonly KubeObject[]): Promise<void> {
	for (const object of objects) {
		await raw(`${collectionOf(object)}/${object.metadata.name}?fieldManager=e2e&force=true`, {
			method: "PATCH",
			type: "application/apply-patch+yaml",
			body: object,
		});
	}
}

/** What would be made of it: `kubectl create --dry-run=server`. */
export function tryToCreate(object: KubeObject): Promise<string> {
	return raw(`${collectionOf(object)}?dryRun=All`, { method: "POST", body: object });
}

function collectionOf({ apiVersion, kind, metadata }: KubeObject): string {
	const group = apiVersion.includes("/") ? `apis/${apiVersion}` : `api/${apiVersion}`;
	return pathOf(group, pluralOf(kind), { namespace: metadata.namespace });
}

function pluralOf(kind: string): string {
	return `${kind.toLowerCase()}s`.replace(/ys$/, "ies");
}
