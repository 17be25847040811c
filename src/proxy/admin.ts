import { createServer, type Server } from "node:http";
import type { Metrics } from "./metrics.ts";

export interface AdminAddress {
	/** Every address of the machine, of either family, when absent. */
	readonly host: string | undefined;
	readonly port: number;
}

/** What the admin server tells about. */
interface Observed {
	readonly ready: boolean;
	readonly metrics: Metrics;
}

interface Answer {
	readonly status: number;
	readonly body: string;
	readonly type?: string;
}

/** Serves /live, /ready and /metrics. Rejects when the port cannot be had. */
export async function startAdmin({ host, port }: AdminAddress, observed: Observed): Promise<Server> {
	const server = createServer(async (request, response) => {
		const { status, body, type = "text/plain; charset=utf-8" } = await answer(request, observed);
		response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
		response.end(request.method === "HEAD" ? undefined : body);
	});
	await new Promise<void>((resolve, reject) => {
		// Rejecting once more later does nothing, and an error without a listener would end the process.
		server.on("error", reject);
		server.listen({ port, ...(host === undefined ? {} : { host }) }, resolve);
	});
	return server;
}

/** A kubelet holds its connections open, and nothing that it asks for is worth waiting on. */
export function stopAdmin(server: Server): void {
	server.close();
	server.closeAllConnections();
}

async function answer(
	{ method, url = "" }: { method?: string | undefined; url?: string | undefined },
	{ ready, metrics }: Observed,
): Promise<Answer> {
	if (method !== "GET" && method !== "HEAD") {
		return { status: 405, body: "only GET and HEAD are served\n" };
	}
	switch (url.replace(/\?.*/, "")) {
		case "/live":
			return { status: 200, body: "live\n" };
		case "/ready":
			return ready ? { status: 200, body: "ready\n" } : { status: 503, body: "not ready\n" };
		case "/metrics":
			return { status: 200, body: await metrics.render(), type: metrics.contentType };
		default:
			return { status: 404, body: "want /live, /ready or /metrics\n" };
	}
}
