import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { shuntProgram } from "../support/programs.ts";
import { helmProgram } from "./support/helm.ts";
import { accepted, files, refused } from "./support/install-arguments.ts";
import { readEmbedded } from "./support/objects.ts";

const chart = fileURLToPath(new URL("../../charts/shunt", import.meta.url));
let folder: string;

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "shunt-install-"));
	for (const [name, text] of Object.entries(files)) {
		writeFileSync(join(folder, name), text);
	}
	// Built before the first of the tests has to wait for it.
	helmProgram();
});
afterAll(() => {
	rmSync(folder, { recursive: true, force: true });
});

interface Ended {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** In the folder of the files, with a standard input that says what one of them does. */
function run(program: string, args: readonly string[]): Promise<Ended> {
	const child = spawn(program, args, {
		cwd: folder,
		timeout: 300_000,
		env: { ...process.env, HOME: folder, KUBECONFIG: "", HELM_CACHE_HOME: join(folder, ".cache") },
	});
	child.stdin.on("error", () => undefined).end(files["mode.yaml"]);
	let stdout = "";
	let stderr = "";
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		stdout += text;
	});
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		stderr += text;
	});
	return new Promise((resolve, reject) => {
		child.on("error", reject).on("close", (status) => resolve({ status, stdout, stderr }));
	});
}

function both(args: readonly string[]): Promise<[Ended, Ended]> {
	// What --ha stands for.
	const helms = args.flatMap((arg) => (arg === "--ha" ? ["-f", join(chart, "values-ha.yaml")] : [arg]));
	return Promise.all([
		run(helmProgram(), ["template", "shunt", chart, "-n", "shunt", ...helms]),
		run(shuntProgram, ["install", "--ignore-cluster", ...args]),
	]);
}

interface Rendered {
	readonly kind: string;
	readonly metadata: { readonly name: string };
}

/** All objects in order, without what is made anew each time. */
function objects(text: string, keepCertificates: boolean): Rendered[] {
	const documents = parseAllDocuments(text);
	const all: Rendered[] = (Array.isArray(documents) ? documents : [])
		.map((document) => {
			expect(document.errors).toEqual([]);
			return document.toJS({ reviver: readEmbedded });
		})
		.filter((object) => object !== null);
	return keepCertificates ? all : all.map(withoutCertificates);
}

function withoutCertificates(object: Rendered): Rendered {
	const text = JSON.stringify(object, (key, value) =>
		["caBundle", "ca.crt", "tls.crt", "tls.key"].includes(key) && value !== undefined ? "(made)" : value,
	);
	return JSON.parse(text);
}

/** What Helm does not say. */
const madeAnew =
	"the injector's certificate is made anew each time that no cluster is asked: to keep one, see injector.tls.source\n";

describe("shunt install and helm template make equal objects", () => {
	it.each(accepted.map((args) => [args.join(" "), args] as const))("%s", async (_, args) => {
		const [helm, shunt] = await both(args);
		expect({ status: helm.status, stderr: helm.status === 0 ? "" : helm.stderr }).toEqual({
			status: 0,
			stderr: "",
		});
		const isGenerated = !args.some((arg) => arg.includes("injector.tls.source"));
		expect({ status: shunt.status, stderr: shunt.stderr }).toEqual({
			status: 0,
			stderr: isGenerated ? madeAnew : "",
		});
		const isProvided = args.some((arg) => arg.includes("provided"));
		const ours = objects(shunt.stdout, isProvided);
		expect(ours).toEqual(objects(helm.stdout, isProvided));
		expect(ours.length).toBeGreaterThan(6);
	});
});

describe("shunt install and helm template refuse the same, for the same reason", () => {
	it.each(refused.map(([args, reason]) => [args.join(" "), args, reason] as const))(
		"%s",
		async (_, args, reason) => {
			const [helm, shunt] = await both(args);
			expect(helm.status).not.toBe(0);
			expect({ status: shunt.status, stdout: shunt.stdout }).toEqual({ status: 64, stdout: "" });
			expect(shunt.stderr).toContain(reason);
			expect(helm.stderr).toContain(reason);
		},
	);
});
