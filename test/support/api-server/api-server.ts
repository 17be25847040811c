import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { type Authority, createAuthority } from "./certificates.ts";
import { isAboutLog, type PodLogs, sendLog } from "./pod-log.ts";
import { answerRequest } from "./requests.ts";
import { parseRoute, type Route } from "./route.ts";
import { Status } from "./status.ts";
import { type ApiObject, Store } from "./store.ts";
import { Watches } from "./watches.ts";
import { answerAccessReview, answerWellKnown, type ResourceAttributes } from "./well-known.ts";

/** A request as it arrived, for tests to look at. */
export interface SeenRequest {
	readonly method: string;
	readonly path: string;
	readonly query: URLSearchParams;
}

/** Gets in the way of a request: a Status to answer instead, or time to wait. */
export type Obstacle = (request: SeenRequest) => Status | Promise<void> | undefined;

/**
 * Speaks as much of the Kubernetes API as clients need for any resource: list with pages, watch with bookmarks and 410,
 * get, create, replace, merge patch, delete with preconditions, over HTTPS with a bearer token.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/
 */
export class ApiServer {
	readonly store = new Store();
	readonly watches = new Watches(this.store);
	readonly seen: SeenRequest[] = [];
	readonly token = "a-token-of-the-test";
	readonly authority: Authority;
	obstacle: Obstacle = () => undefined;
	readonly logs: PodLogs = new Map();
	/** What admission makes of an object that is to be created; throws a {@link Status} to refuse it. */
	admit: (object: ApiObject, route: Route) => ApiObject | Promise<ApiObject> = (object) => object;
	gitVersion = "v1.33.4";
	/** Who has the token may do this; only SelfSubjectAccessReviews ask. */
	allows: (attributes: ResourceAttributes) => boolean = () => true;
	readonly #server: Server;

	private constructor(authority: Authority, server: Server) {
		this.authority = authority;
		this.#server = server;
	}

	static async start(): Promise<ApiServer> {
		const authority = await createAuthority("test cluster");
		const { cert, key } = await authority.issue();
		const server = createServer({ cert, key });
		const api = new ApiServer(authority, server);
		server.on("request", (request, response) => void api.#serve(request, response));
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		return api;
	}

	get port(): number {
		return (this.#server.address() as AddressInfo).port;
	}

	/** A kubeconfig, which is YAML, in JSON, which is YAML too. */
	get kubeconfig(): string {
		const ca = Buffer.from(this.authority.cert).toString("base64");
		return JSON.stringify({
			apiVersion: "v1",
			kind: "Config",
			"current-context": "test",
			contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
			clusters: [
				{
					name: "test",
					cluster: { server: `https://127.0.0.1:${this.port}`, "certificate-authority-data": ca },
				},
			],
			users: [{ name: "test", user: { token: this.token } }],
		});
	}

	/** Creates or changes a namespace, as somebody with kubectl would. */
	putNamespace(name: string, annotations: Record<string, string> = {}): ApiObject {
		const object = { apiVersion: "v1", kind: "Namespace", metadata: { name, annotations } };
		return this.store.put("v1/namespaces", object);
	}

	/** The API server's own Service, as it is where pods have these address families in this order. */
	putOwnService(...ipFamilies: readonly ("IPv4" | "IPv6")[]): ApiObject {
		const metadata = { name: "kubernetes", namespace: "default" };
		// It has the first one alone, whatever pods have.
		const spec = { type: "ClusterIP", ipFamilies: ipFamilies.slice(0, 1), ipFamilyPolicy: "SingleStack" };
		return this.store.put("v1/services", { apiVersion: "v1", kind: "Service", metadata, spec });
	}

	async stop(): Promise<void> {
		this.watches.end();
		this.#server.closeAllConnections();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		response.on("error", () => undefined);
		try {
			await this.#answer(request, response);
		} catch (error) {
			const status = error instanceof Status ? error : new Status(500, "InternalError", String(error));
			send(response, status.code, status.toJSON());
		}
	}

	async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const url = new URL(request.url ?? "/", "https://localhost");
		const seen = { method: request.method ?? "GET", path: url.pathname, query: url.searchParams };
		this.seen.push(seen);
		if (request.headers.authorization !== `Bearer ${this.token}`) {
			throw new Status(401, "Unauthorized", "Unauthorized");
		}
		const obstacle = await this.obstacle(seen);
		if (obstacle instanceof Status) {
			throw obstacle;
		}
		const wellKnown = answerWellKnown(url.pathname, this.gitVersion);
		if (wellKnown !== undefined) {
			return send(response, 200, wellKnown);
		}
		const route = parseRoute(url.pathname);
		if (route !== undefined && isAboutLog(route)) {
			return sendLog(response, route, this);
		}
		// What is written by way of the status is the object all the same; of its spec nothing is kept, which nobody here tries.
		const isStatus = route?.subresource === "status" && seen.method === "PATCH";
		if (route === undefined || (route.subresource !== undefined && !isStatus)) {
			throw new Status(404, "NotFound", "the server could not find the requested resource");
		}
		if (seen.method === "GET" && ["true", "1"].includes(url.searchParams.get("watch") ?? "")) {
			return this.watches.begin({ route, query: url.searchParams, response });
		}
		const given = await readJson(request);
		const review = answerAccessReview(url.pathname, given, this.allows);
		if (review !== undefined) {
			return send(response, 201, review);
		}
		const isCreation = seen.method === "POST";
		const body = isCreation ? await this.admit(given as ApiObject, route) : given;
		if (isCreation && url.searchParams.get("dryRun") === "All") {
			return send(response, 201, body);
		}
		const answer = answerRequest(this.store, { ...seen, route, body });
		send(response, answer.code, answer.body);
	}
}

async function readJson(request: IncomingMessage): Promise<unknown> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) {
		chunks.push(chunk);
	}
	return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString());
}

function send(response: ServerResponse, code: number, body: unknown): void {
	response.writeHead(code, { "content-type": "application/json" });
	response.end(JSON.stringify(body));
}
