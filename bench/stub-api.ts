import { writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { createAuthority } from "../test/support/api-server/certificates.ts";

/** An API server that has one pod with Linkerd's proxy and its namespace, and nothing else. */
export interface StubApi {
	/** Where it listens: a socket in the file system, which programs in any network namespace reach. */
	readonly socket: string;
	/** The same for programs that take no other: a port of 127.0.0.1 in this process's own network namespace. */
	readonly port: number;
	/** A file with the certificate that vouches for it as `localhost`. */
	readonly authority: string;
	/** How many requests it has answered. */
	readonly requests: () => number;
	stop(): void;
}

export async function startStubApi(folder: string): Promise<StubApi> {
	const ca = await createAuthority("stub");
	const { cert, key } = await ca.issue();
	const authority = `${folder}/stub-ca.pem`;
	const socket = `${folder}/stub.sock`;
	writeFileSync(authority, ca.cert);
	let requests = 0;
	const servers = [socket, { port: 0, host: "127.0.0.1" }].map((where) => ({
		where,
		server: createServer({ cert, key }, (request, response) => {
			requests += 1;
			const isPod = request.url?.includes("/pods/") === true;
			response.setHeader("Content-Type", "application/json");
			response.end(isPod ? pod : namespace);
		}),
	}));
	for (const { server, where } of servers) {
		await new Promise<void>((resolve) => server.listen(where, resolve));
	}
	const address = servers[1]?.server.address();
	return {
		socket,
		port: typeof address === "object" && address !== null ? address.port : 0,
		authority,
		requests: () => requests,
		stop: () => {
			for (const { server } of servers) {
				server.close();
				server.closeAllConnections();
			}
		},
	};
}

const metadata = (name: string) => ({ name, uid: "6a9f", resourceVersion: "1", labels: {}, annotations: {} });

const container = (name: string) => ({
	name,
	image: `example.com/${name}:1`,
	ports: [{ containerPort: 8080, protocol: "TCP" }],
	resources: {},
	volumeMounts: [{ name: "token", mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" }],
});

const pod = JSON.stringify({
	kind: "Pod",
	apiVersion: "v1",
	metadata: { ...metadata("web-0"), namespace: "shop" },
	spec: { containers: [container("web"), container("linkerd-proxy")], nodeName: "node-1" },
	status: { phase: "Pending" },
});

const namespace = JSON.stringify({ kind: "Namespace", apiVersion: "v1", metadata: metadata("shop") });
