import { createServer, type Server } from "node:http";
import { isIP } from "node:net";
import { err, ok, type Result } from "../domain/problem.ts";

/** What an admin server tells about. */
interface Observed {
	/** Why nothing should be sent here, where something speaks against it; it may go without saying. */
	readonly obstacle: () => string | undefined;
	readonly metrics: { render(): Promise<string>; readonly contentType: string };
}

interface Answer {
	readonly status: number;
	readonly body: string;
	readonly type?: string;
}

/** Where a server listens: on every address of the machine, of either family, where there is no host. */
export interface ListenAddress {
	readonly host: string | undefined;
	readonly port: number;
}

/**
 * Serves /live, /ready and /metrics, without TLS: kubelets and Prometheus ask there. Rejects when the port cannot be had.
 */
export async function startAdmin({ host, port }: ListenAddress, observed: Observed): Promise<Server> {
	const server = createServer(async ({ method, url = "" }, response) => {
		const isServed = method === "GET" || method === "HEAD";
		const {
			status,
			body,
			type = "text/plain; charset=utf-8",
		} = isServed
			? await answer(url.replace(/\?.*/s, ""), observed)
			: { status: 405, body: "only GET and HEAD are served\n" };
		response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
		response.end(method === "HEAD" ? undefined : body);
	});
	await new Promise<void>((resolve, reject) => {
		// Rejecting once more later does nothing, and an error without a listener would end the process.
		server.on("error", reject);
		server.listen({ port, ...(host === undefined ? {} : { host }) }, resolve);
	});
	return server;
}

/** A kubelet holds its connections open, and nothing that it asks for is worth waiting on. */
export function stopAdmin(server: Server | undefined): void {
	server?.close();
	server?.closeAllConnections();
}

async function answer(path: string, { obstacle, metrics }: Observed): Promise<Answer> {
	switch (path) {
		case "/live":
			return { status: 200, body: "live\n" };
		case "/ready": {
			const reason = obstacle();
			return reason === undefined
				? { status: 200, body: "ready\n" }
				: { status: 503, body: `not ready${reason === "" ? "" : `: ${reason}`}\n` };
		}
		case "/metrics":
			return { status: 200, body: await metrics.render(), type: metrics.contentType };
		default:
			return { status: 404, body: "want /live, /ready or /metrics\n" };
	}
}

/** An address to listen on. */
export function parseListenAddress(text: string, source: string): Result<string> {
	return isIP(text) !== 0
		? ok(text)
		: err({ source, value: text, complaint: "is not an address", accepted: "an IPv4 or IPv6 address" });
}
