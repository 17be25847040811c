import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { ListenAddress } from "../serving/admin.ts";
import { type HttpAnswer, renderStatus } from "./answer-review.ts";
import type { ServerCertificate } from "./mounted.ts";

export interface WebhookLimits {
	/** An API server takes objects of 3 MiB, and an update carries two of them. */
	readonly bodyBytes: number;
	readonly allBodiesBytes: number;
	readonly connections: number;
	/** From a request's first byte to its last; also for the TLS handshake. */
	readonly requestMs: number;
	/** How often it is looked whether that is over. */
	readonly checkMs: number;
	/** Go's client closes idle connections after 90 s. It has to be the one who closes, or requests cross with the closing. */
	readonly idleMs: number;
	/** What a refused sender may still send, so that it gets to read why. */
	readonly lingerMs: number;
}

export const usualLimits: WebhookLimits = {
	bodyBytes: 7 * 1024 * 1024,
	allBodiesBytes: 64 * 1024 * 1024,
	connections: 2000,
	requestMs: 10_000,
	checkMs: 1000,
	idleMs: 120_000,
	lingerMs: 1000,
};

interface Webhook {
	readonly answer: (body: Buffer) => Promise<HttpAnswer>;
	/** Of requests that never came to a review. */
	readonly turnedAway: (status: number) => void;
	readonly limits: WebhookLimits;
}

/** Answers reviews over TLS. It does not listen yet. */
export class WebhookServer {
	readonly server: Server;
	readonly #webhook: Webhook;
	readonly #limits: WebhookLimits;
	readonly #budget: ByteBudget;
	#draining = false;

	constructor(certificate: ServerCertificate, webhook: Webhook) {
		const { limits } = webhook;
		this.#webhook = webhook;
		this.#limits = limits;
		this.#budget = new ByteBudget(limits.allBodiesBytes);
		this.server = createServer(
			{
				cert: certificate.cert,
				key: certificate.key,
				minVersion: "TLSv1.2",
				handshakeTimeout: limits.requestMs,
				headersTimeout: limits.requestMs,
				requestTimeout: limits.requestMs,
				connectionsCheckingInterval: limits.checkMs,
				keepAliveTimeout: limits.idleMs,
			},
			(request, response) => void this.#serve(request, response),
		);
		this.server.maxConnections = limits.connections;
		// For those who do not read their answer.
		this.server.timeout = limits.requestMs * 2;
	}

	/** For connections from now on; those that are open go on as they are. */
	use({ cert, key }: ServerCertificate): void {
		this.server.setSecureContext({ cert, key, minVersion: "TLSv1.2" });
	}

	listen({ port, host }: ListenAddress): Promise<void> {
		return new Promise((resolve, reject) => {
			this.server.once("error", reject);
			this.server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
				this.server.off("error", reject);
				resolve();
			});
		});
	}

	/** Asks clients to go elsewhere with their next request, each with the answer that it gets anyway. */
	discourage(): void {
		this.#draining = true;
	}

	/** Nothing new; what is being answered may be finished until then. */
	close(timeoutMs: number): Promise<void> {
		this.discourage();
		return new Promise((resolve) => {
			const late = setTimeout(() => this.server.closeAllConnections(), timeoutMs);
			this.server.close(() => {
				clearTimeout(late);
				resolve();
			});
			this.server.closeIdleConnections();
		});
	}

	async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		// Whoever hangs up does not need to be told.
		request.on("error", () => undefined);
		response.on("error", () => undefined);
		const refusal = refusalOf(request);
		if (refusal !== undefined) {
			return this.#turnAway(request, response, refusal);
		}
		const body = await readBody(request, { limit: this.#limits.bodyBytes, budget: this.#budget });
		if (body.kind !== "whole") {
			return this.#turnAway(request, response, complaintOf(body.kind, this.#limits));
		}
		const answer = await this.#answer(body.bytes);
		this.#budget.give(body.bytes.length);
		this.#send(response, answer);
	}

	/** The last line: `answer` has its own way to say that something went wrong. */
	async #answer(bytes: Buffer): Promise<HttpAnswer> {
		try {
			return await this.#webhook.answer(bytes);
		} catch (error) {
			return renderStatus(500, "InternalError", error instanceof Error ? error.message : String(error));
		}
	}

	#turnAway(request: IncomingMessage, response: ServerResponse, answer: HttpAnswer): void {
		this.#webhook.turnedAway(answer.status);
		response.shouldKeepAlive = false;
		this.#send(response, answer);
		// Closed right away, a reset would overtake the answer.
		request.resume();
		setTimeout(() => request.socket.destroy(), this.#limits.lingerMs).unref();
	}

	#send(response: ServerResponse, { status, body }: HttpAnswer): void {
		if (this.#draining) {
			response.shouldKeepAlive = false;
		}
		response.writeHead(status, {
			"content-type": "application/json",
			"content-length": Buffer.byteLength(body),
		});
		response.end(body);
	}
}

function refusalOf({ method, url = "", headers }: IncomingMessage): HttpAnswer | undefined {
	if (!["/", "/inject"].includes(url.replace(/\?.*/s, ""))) {
		return renderStatus(404, "NotFound", "reviews are answered at / and /inject");
	}
	if (method !== "POST") {
		return renderStatus(405, "MethodNotAllowed", "reviews come with POST");
	}
	return /^application\/json\b/i.test(headers["content-type"] ?? "")
		? undefined
		: renderStatus(415, "UnsupportedMediaType", "reviews are application/json");
}

function complaintOf(kind: Exclude<Body["kind"], "whole">, { bodyBytes }: WebhookLimits): HttpAnswer {
	switch (kind) {
		case "too-large":
			return renderStatus(413, "RequestEntityTooLarge", `a review has at most ${bodyBytes} bytes`);
		case "busy":
			return renderStatus(503, "ServiceUnavailable", "too much is being read already; try again");
		case "cut-off":
			return renderStatus(400, "BadRequest", "the body ended early");
	}
}

/** Either all of it, or why not. */
type Body =
	| { readonly kind: "whole"; readonly bytes: Buffer }
	| { readonly kind: "too-large" | "busy" | "cut-off" };

/** What all bodies that are being read may take together, so that many large ones are not the memory's end. */
export class ByteBudget {
	#left: number;

	constructor(bytes: number) {
		this.#left = bytes;
	}

	take(bytes: number): boolean {
		if (bytes > this.#left) {
			return false;
		}
		this.#left -= bytes;
		return true;
	}

	give(bytes: number): void {
		this.#left += bytes;
	}
}

/**
 * What a whole body took of the budget is for the caller to give back, once it is done with it.
 * How long it may take is the server's business (`requestTimeout`); here it is cut off.
 */
export async function readBody(
	request: IncomingMessage,
	{ limit, budget }: { readonly limit: number; readonly budget: ByteBudget },
): Promise<Body> {
	if (Number(request.headers["content-length"] ?? 0) > limit) {
		return { kind: "too-large" };
	}
	const chunks: Buffer[] = [];
	let length = 0;
	return new Promise((resolve) => {
		const finish = (body: Body) => {
			request.off("data", onData).off("end", onEnd).off("close", onClose);
			if (body.kind !== "whole") {
				budget.give(length);
			}
			resolve(body);
		};
		const onData = (chunk: Buffer) => {
			if (length + chunk.length > limit) {
				finish({ kind: "too-large" });
			} else if (budget.take(chunk.length)) {
				chunks.push(chunk);
				length += chunk.length;
			} else {
				finish({ kind: "busy" });
			}
		};
		const onEnd = () =>
			finish({ kind: "whole", bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) });
		const onClose = () => finish({ kind: "cut-off" });
		request.on("data", onData).on("end", onEnd).on("close", onClose);
	});
}
