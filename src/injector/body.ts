import type { IncomingMessage } from "node:http";

/** Either all of it, or why not. */
export type Body =
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
