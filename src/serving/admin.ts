import { createServer, type Server } from "node:http";

export interface Observed {
	/** Why no review should be sent here, or nothing. */
	readonly obstacles: () => readonly string[];
	readonly metrics: { render(): Promise<string>; readonly contentType: string };
}

interface Answer {
	readonly status: number;
	readonly body: string;
	readonly type?: string;
}

/** Serves /live, /ready and /metrics, without TLS: kubelets and Prometheus ask there. */
export async function startAdmin(
	address: { readonly port: number; readonly host?: string },
	observed: Observed,
): Promise<Server> {
	const server = createServer(async ({ method, url = "" }, response) => {
		const {
			status,
			body,
			type = "text/plain; charset=utf-8",
		} = method === "GET" || method === "HEAD"
			? await answer(url.replace(/\?.*/s, ""), observed)
			: { status: 405, body: "only GET and HEAD are served\n" };
		response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
		response.end(method === "HEAD" ? undefined : body);
	});
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(address, resolve);
	});
	return server;
}

async function answer(path: string, { obstacles, metrics }: Observed): Promise<Answer> {
	switch (path) {
		case "/live":
			return { status: 200, body: "live\n" };
		case "/ready": {
			const reasons = obstacles();
			return reasons.length === 0
				? { status: 200, body: "ready\n" }
				: { status: 503, body: `not ready: ${reasons.join(", ")}\n` };
		}
		case "/metrics":
			return { status: 200, body: await metrics.render(), type: metrics.contentType };
		default:
			return { status: 404, body: "want /live, /ready or /metrics\n" };
	}
}
