import type { ServerResponse } from "node:http";
import { collectionOf } from "./requests.ts";
import type { Route } from "./route.ts";
import { selects } from "./selector.ts";
import { Status } from "./status.ts";
import type { ApiObject, Store, StoredChange } from "./store.ts";

interface WatchRequest {
	readonly route: Route;
	readonly query: URLSearchParams;
	readonly response: ServerResponse;
}

/** The watches that are open, and what can happen to them. */
export class Watches {
	readonly #store: Store;
	readonly #open = new Set<ServerResponse>();

	constructor(store: Store) {
		this.#store = store;
	}

	get count(): number {
		return this.#open.size;
	}

	begin({ route, query, response }: WatchRequest): void {
		const missed = this.#store.since(Number(query.get("resourceVersion") ?? 0));
		if (missed === undefined) {
			throw new Status(410, "Expired", "too old resource version");
		}
		const isSelected = selects(query);
		const isMeant = ({ collection, object }: StoredChange) =>
			collection === collectionOf(route) &&
			(route.namespace === undefined || object.metadata.namespace === route.namespace) &&
			isSelected(object);
		response.writeHead(200, { "content-type": "application/json" });
		response.flushHeaders();
		const tell = (change: StoredChange) => {
			if (isMeant(change)) {
				write(response, change.type, change.object);
			}
		};
		const stop = this.#store.listen(tell);
		const seconds = Number(query.get("timeoutSeconds") ?? 3600);
		const timeout = setTimeout(() => response.end(), seconds * 1000);
		this.#open.add(response);
		response.on("close", () => {
			stop();
			clearTimeout(timeout);
			this.#open.delete(response);
		});
		for (const change of missed) {
			tell(change);
		}
	}

	/** Ends them all in the regular way. */
	end(): void {
		for (const response of this.#open) {
			response.end();
		}
	}

	/** Cuts their connections. */
	cut(): void {
		for (const response of this.#open) {
			response.destroy();
		}
	}

	/** Says in the stream that the version is gone, which is how it looks when that happens during a watch. */
	expire(): void {
		const gone = new Status(410, "Expired", "too old resource version").toJSON();
		for (const response of this.#open) {
			write(response, "ERROR", gone);
			response.end();
		}
	}

	bookmark(object: Pick<ApiObject, "apiVersion" | "kind">): void {
		const metadata = { resourceVersion: `${this.#store.version}`, creationTimestamp: null };
		for (const response of this.#open) {
			write(response, "BOOKMARK", { ...object, metadata });
		}
	}
}

function write(response: ServerResponse, type: string, object: unknown): void {
	response.write(`${JSON.stringify({ type, object })}\n`);
}
