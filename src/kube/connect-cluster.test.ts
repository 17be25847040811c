import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { CoreV1Api } from "@kubernetes/client-node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ApiServer } from "../../test/support/api-server/api-server.ts";
import { Status } from "../../test/support/api-server/status.ts";
import { formatProblem, type Result } from "../domain/problem.ts";
import { allPages, type Cluster } from "./cluster.ts";
import { ClusterError } from "./cluster-error.ts";
import { connectCluster } from "./connect-cluster.ts";

let api: ApiServer;
let folder: string;
const nowhere = { HOME: "/nonexistent" };
const flags = { requestTimeout: "30s" };

beforeAll(async () => {
	api = await ApiServer.start();
	folder = mkdtempSync(join(tmpdir(), "shunt-cluster-"));
});
afterAll(async () => {
	rmSync(folder, { recursive: true, force: true });
	await api.stop();
});
afterEach(() => {
	api.obstacle = () => undefined;
});

const withServer = (server: string) =>
	JSON.stringify({
		"current-context": "a",
		contexts: [{ name: "a", context: { cluster: "b", user: "c" } }],
		clusters: [{ name: "b", cluster: { server } }],
		users: [],
	});

function write(name: string, text: string): string {
	const path = join(folder, name);
	writeFileSync(path, text);
	return path;
}

function cluster(result: Result<Cluster | undefined>): Cluster {
	if (!result.ok || result.value === undefined) {
		throw new Error(JSON.stringify(result));
	}
	return result.value;
}

function problems(result: Result<unknown>): string[] {
	return result.ok ? [] : result.problems.map(formatProblem);
}

async function failure(result: Result<Cluster | undefined>): Promise<ClusterError> {
	const found = cluster(result);
	const error = await found.ask(found.api(CoreV1Api).listNamespace()).catch((reason) => reason);
	expect(error).toBeInstanceOf(ClusterError);
	return error;
}

/** The same kubeconfig under other names and addresses. */
function renamed(name: string, server?: string): string {
	const text = api.kubeconfig.replaceAll('"test"', JSON.stringify(name));
	return server === undefined ? text : text.replace(/https:\/\/[\d.:]+/, server);
}

describe("where the cluster is found", () => {
	it("is nowhere without a kubeconfig", async () => {
		expect(await connectCluster(flags, nowhere)).toEqual({ ok: true, value: undefined });
	});

	it("is the flag's file before all others", async () => {
		const kubeconfig = write("flag", api.kubeconfig);
		const result = await connectCluster({ ...flags, kubeconfig }, { ...nowhere, KUBECONFIG: "/nonexistent" });
		expect(cluster(result).server).toBe(`https://127.0.0.1:${api.port}`);
	});

	it("is merged from what KUBECONFIG lists, the first deciding, missing ones left out", async () => {
		const files = [
			join(folder, "gone"),
			write("first", renamed("one", "https://first.invalid")),
			write("second", renamed("two", "https://second.invalid")),
			write("third", renamed("one", "https://third.invalid")),
		];
		const env = { ...nowhere, KUBECONFIG: files.join(delimiter) };
		expect(cluster(await connectCluster(flags, env)).server).toBe("https://first.invalid");
		const other = await connectCluster({ ...flags, context: "two" }, env);
		expect(cluster(other).server).toBe("https://second.invalid");
	});

	it("is not looked for in a file that is named and missing", async () => {
		expect(problems(await connectCluster({ ...flags, kubeconfig: "/nonexistent" }, nowhere))).toEqual([
			'--kubeconfig: "/nonexistent" does not exist (want a kubeconfig file)',
		]);
	});

	it("is not made up for a context that is not there", async () => {
		const kubeconfig = write("contexts", api.kubeconfig);
		expect(problems(await connectCluster({ ...flags, kubeconfig, context: "nope" }, nowhere))).toEqual([
			`--context: "nope" is no context of ${kubeconfig} (want one of test)`,
		]);
	});

	it.each([
		["nothing", "", /broken: cannot be read: it says nothing \(want a kubeconfig file, which is a map/],
		["null", "null", /cannot be read: it says nothing/],
		["a number", "7", /cannot be read: it is a number \(want/],
		["a text, which may be a secret", "s3cret", /^(?!.*s3cret).*cannot be read: it is a text \(want/],
		["a list", "- a", /cannot be read: it is a list \(want/],
		["contexts that are no list", "contexts: 7", /broken: contexts: is a number \(want a list\)/],
		[
			"clusters that are no list",
			"clusters: {a: s3cret}",
			/^(?!.*s3cret).*clusters: is a map \(want a list\)/,
		],
		["users that are no list", "users: s3cret", /^(?!.*s3cret).*users: is a text \(want a list\)/],
		["a context that says nothing", "contexts: [null]", /cannot be read: it is no kubeconfig/],
		["no YAML", "a: [", /cannot be read/],
		["a context without a cluster", "contexts: [{name: a, context: {}}]", /cluster is missing/],
		["no current context", '{"contexts": []}', /says no current context/],
		[
			"a cluster that is not there",
			"{current-context: a, contexts: [{name: a, context: {cluster: b}}]}",
			/is for the cluster "b"/,
		],
		[
			"a server without a scheme",
			withServer("example.com:6443"),
			/server of the cluster "b": "example.com:6443" is no/,
		],
		[
			"a server of another scheme",
			withServer("ftp://example.com"),
			/"ftp:\/\/example.com" .* \(want https:\/\/HOST:PORT/,
		],
		["a server that is no address", withServer("not a url"), /"not a url" is no address of an API server/],
		[
			"a server with a password and no scheme",
			withServer("me:secret@host"),
			/^(?!.*secret).*: "…@host" is no address/,
		],
	])("is a problem where the file says %s", async (_, text, expected) => {
		const kubeconfig = write("broken", text);
		const [problem, ...others] = problems(await connectCluster({ ...flags, kubeconfig }, nowhere));
		expect(problem).toMatch(expected);
		expect(others).toEqual([]);
	});

	it("takes a time for its answers", async () => {
		expect(problems(await connectCluster({ requestTimeout: "soon" }, nowhere))[0]).toMatch(
			/^--request-timeout: "soon"/,
		);
	});
});

describe("what it answers", () => {
	it("is read page by page, and nothing where there is nothing", async () => {
		const found = cluster(
			await connectCluster({ ...flags, kubeconfig: write("k", api.kubeconfig) }, nowhere),
		);
		for (let index = 0; index < 501; index++) {
			api.putNamespace(`page-${index}`);
		}
		const core = found.api(CoreV1Api);
		expect(await allPages((page) => found.ask(core.listNamespace(page)))).toHaveLength(501);
		expect(await found.find(core.readNamespace({ name: "gone" }))).toBeUndefined();
		expect((await found.find(core.readNamespace({ name: "page-1" })))?.metadata?.name).toBe("page-1");
	});

	it.each([
		[403, "forbidden", /does not allow this: no namespaces for you$/],
		[401, "unauthorized", /does not accept these credentials/],
		[500, "failed", /answered 500: no namespaces for you$/],
	])("is an error for %d", async (status, code, message) => {
		api.obstacle = () => new Status(status, "Whatever", "no namespaces for you");
		const kubeconfig = write("k", api.kubeconfig);
		const error = await failure(await connectCluster({ ...flags, kubeconfig }, nowhere));
		expect(error.code).toBe(code);
		expect(error.message).toMatch(message);
	});

	it.each([
		["that is not there", { command: "/nonexistent" }, /there are no credentials for https:.*ENOENT/],
		["that fails", { command: "sh", args: ["-c", "echo no such profile >&2; exit 3"] }, /no such profile/],
		["that says something else", { command: "echo", args: ["hello"] }, /there are no credentials/],
	])("is not asked for without credentials, from a program %s", async (_, program, message) => {
		const config = JSON.parse(api.kubeconfig);
		const exec = { apiVersion: "client.authentication.k8s.io/v1", interactiveMode: "Never", ...program };
		config.users[0].user = { exec };
		const kubeconfig = write("exec", JSON.stringify(config));
		const error = await failure(await connectCluster({ ...flags, kubeconfig }, nowhere));
		expect(error.code).toBe("unauthorized");
		expect(error.message).toMatch(message);
	});

	it("is given to who has credentials from a program", async () => {
		const config = JSON.parse(api.kubeconfig);
		const credential = {
			apiVersion: "client.authentication.k8s.io/v1",
			kind: "ExecCredential",
			status: { token: api.token },
		};
		const exec = { apiVersion: credential.apiVersion, command: "echo", args: [JSON.stringify(credential)] };
		config.users[0].user = { exec };
		const found = cluster(
			await connectCluster({ ...flags, kubeconfig: write("exec", JSON.stringify(config)) }, nowhere),
		);
		expect((await found.ask(found.api(CoreV1Api).listNamespace())).items).toBeDefined();
	});

	it("is waited for no longer than told", async () => {
		let release = (): void => undefined;
		const held = new Promise<void>((resolve) => {
			release = resolve;
		});
		api.obstacle = () => held;
		const kubeconfig = write("k", api.kubeconfig);
		const error = await failure(await connectCluster({ requestTimeout: "100ms", kubeconfig }, nowhere));
		release();
		expect(error.code).toBe("timeout");
		expect(error.message).toBe(`https://127.0.0.1:${api.port} did not answer in time`);
	});

	it("is no answer where nobody listens, or hangs up, or has another certificate", async () => {
		const rude: Server = createServer((socket) => socket.destroy());
		await new Promise<void>((resolve) => rude.listen(0, "127.0.0.1", resolve));
		const address = rude.address();
		const port = typeof address === "object" ? address?.port : undefined;
		const hungUp = write("rude", renamed("test", `https://127.0.0.1:${port}`));
		expect((await failure(await connectCluster({ ...flags, kubeconfig: hungUp }, nowhere))).code).toBe(
			"unreachable",
		);
		await new Promise((resolve) => rude.close(resolve));
		expect((await failure(await connectCluster({ ...flags, kubeconfig: hungUp }, nowhere))).code).toBe(
			"unreachable",
		);
		const distrustful = JSON.parse(api.kubeconfig);
		delete distrustful.clusters[0].cluster["certificate-authority-data"];
		const kubeconfig = write("distrustful", JSON.stringify(distrustful));
		const error = await failure(await connectCluster({ ...flags, kubeconfig }, nowhere));
		expect(error.message).toMatch(/cannot be reached: .*certificate/);
	});
});
