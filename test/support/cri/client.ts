import { fileURLToPath } from "node:url";
import {
	type Client,
	credentials,
	loadPackageDefinition,
	type ServiceClientConstructor,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import type { Messages } from "./messages.ts";

/** The CRI socket of a container runtime. */
export interface Cri {
	/** Any call of either service; fails with the runtime's own words, or after a minute. */
	call<Name extends keyof Messages>(
		name: Name,
		request: Messages[Name]["request"],
	): Promise<Messages[Name]["response"]>;
	close(): void;
}

export function connectCri(socket: string): Cri {
	const { runtime } = loadPackageDefinition(
		loadSync(fileURLToPath(new URL("runtime.proto", import.meta.url)), {
			keepCase: true,
			enums: String,
			longs: Number,
			defaults: true,
		}),
	) as unknown as { runtime: { v1: Record<string, ServiceClientConstructor> } };
	const clients = Object.values(runtime.v1)
		.filter((value) => typeof value === "function")
		.map((Service) => new Service(`unix://${socket}`, credentials.createInsecure()));
	return {
		call: (name, request) => call(clients, name, request),
		close: () => {
			for (const client of clients) {
				client.close();
			}
		},
	};
}

type Call = (
	request: unknown,
	options: { readonly deadline: number },
	done: (error: Error | null, response: unknown) => void,
) => void;

function call<Response>(clients: readonly Client[], name: string, request: unknown): Promise<Response> {
	const methods = clients.map(
		(client) => [client, (client as unknown as Record<string, Call>)[name]] as const,
	);
	const [client, method] = methods.find(([, candidate]) => candidate !== undefined) ?? [];
	if (method === undefined) {
		throw new Error(`runtime.proto has no call ${name}`);
	}
	return new Promise((resolve, reject) => {
		method.call(client, request, { deadline: Date.now() + 60_000 }, (error, response) => {
			if (error === null) {
				resolve(response as Response);
			} else {
				reject(new Error(`${name}: ${error.message}`));
			}
		});
	});
}
