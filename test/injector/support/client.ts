import { Agent, request } from "node:https";
import type { JsonObject } from "../../../src/inject/json.ts";

export interface HttpResult {
	readonly status: number;
	readonly body: string;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	/** SHA-256 of the certificate that the connection was made with. */
	readonly fingerprint: string;
}

export interface ClientOptions {
	readonly port: number;
	readonly ca: string;
	readonly keepAlive?: boolean;
	readonly maxSockets?: number;
}

/** As an API server posts reviews: HTTP/1.1, connections kept. */
export class ReviewClient {
	readonly #port: number;
	readonly #agent: Agent;

	constructor({ port, ca, keepAlive = true, maxSockets = 16 }: ClientOptions) {
		this.#port = port;
		this.#agent = new Agent({ ca, keepAlive, maxSockets, servername: "localhost", maxCachedSessions: 0 });
	}

	post(body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Promise<HttpResult> {
		return this.send({ method: "POST", path: "/?timeout=10s", headers }, body);
	}

	async review(review: JsonObject): Promise<{ readonly response: Record<string, never> }> {
		return JSON.parse((await this.post(JSON.stringify(review))).body);
	}

	send(
		options: { readonly method: string; readonly path: string; readonly headers?: Record<string, string> },
		body: string | Uint8Array = "",
	): Promise<HttpResult> {
		const headers = { "content-type": "application/json", ...options.headers };
		return new Promise((resolve, reject) => {
			const sent = request(
				{ ...options, headers, host: "127.0.0.1", port: this.#port, agent: this.#agent },
				async (response) => {
					const socket = response.socket as import("node:tls").TLSSocket;
					const { fingerprint256 } = socket.getPeerCertificate();
					let text = "";
					try {
						for await (const part of response) {
							text += part;
						}
						const { statusCode = 0, headers: answered } = response;
						resolve({ status: statusCode, body: text, headers: answered, fingerprint: fingerprint256 });
					} catch (error) {
						reject(error);
					}
				},
			);
			sent.on("error", reject);
			sent.end(body);
		});
	}

	close(): void {
		this.#agent.destroy();
	}
}
