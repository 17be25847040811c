import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { CleanUp } from "./clean-up.ts";
import { type Caller, callerUids } from "./connections.ts";
import type { Answer, Meeting, Ready, Request } from "./messages.ts";
import { failureOf, startProcess } from "./process.ts";
import type { Endpoint } from "./socket-table.ts";
import { type Place, ports } from "./world.ts";

const program = fileURLToPath(new URL("inhabitant.js", import.meta.url));

/** Our end of a process that lives in one of the places. */
export interface Inhabitant {
	connect(to: Endpoint): Promise<Meeting>;
	fetch(url: string): Promise<{ status: number; body: string }>;
}

export type Inhabitants = Readonly<Record<Caller, Inhabitant>>;

/** Starts the client, the application, a second process for the proxy's user, and the backend. */
export async function startInhabitants(cleanUp: CleanUp): Promise<Inhabitants> {
	const start = (place: Place, uid: number, served: readonly number[]) =>
		startInhabitant(cleanUp, { place, uid, served });
	const [client, application, proxyUser] = await Promise.all([
		start("client", callerUids.client, []),
		start("application", callerUids.application, [ports.application, ports.applicationSkipped]),
		start("application", callerUids["proxy-user"], []),
		start("backend", callerUids.application, [ports.backend, ports.backendSkipped]),
	]);
	return { client, application, "proxy-user": proxyUser };
}

interface Home {
	readonly place: Place;
	readonly uid: number;
	readonly served: readonly number[];
}

async function startInhabitant(cleanUp: CleanUp, { place, uid, served }: Home): Promise<Inhabitant> {
	const child = startProcess(cleanUp, { place, uid, argv: [program, ...served.map(String)], talks: true });
	const failure = failureOf(child, `a process in ${place}`);
	// Whoever waits for an answer hears of it; nobody may be waiting.
	failure.catch(() => undefined);
	const waiting = new Map<number, (answer: Answer) => void>();
	const ready = new Promise<void>((resolve) => {
		child.on("message", (message: Answer | Ready) => {
			if (message.kind === "ready") {
				resolve();
			} else {
				waiting.get(message.id)?.(message);
			}
		});
	});
	await Promise.race([ready, failure]);
	return inhabitantOf((request) => {
		const answered = new Promise<Answer>((resolve) => waiting.set(request.id, resolve));
		send(child, request);
		return Promise.race([answered, failure]);
	});
}

function send(child: ChildProcess, request: Request): void {
	child.send(request);
}

let lastId = 0;

function inhabitantOf(ask: (request: Request) => Promise<Answer>): Inhabitant {
	return {
		connect: async (to) => {
			const answer = await ask({ id: ++lastId, kind: "connect", to });
			if (answer.kind !== "connected") {
				throw new ConnectionFailed(answer.kind === "failed" ? answer.reason : answer.kind);
			}
			return answer.meeting;
		},
		fetch: async (url) => {
			const answer = await ask({ id: ++lastId, kind: "fetch", url });
			if (answer.kind !== "fetched") {
				throw new ConnectionFailed(answer.kind === "failed" ? answer.reason : answer.kind);
			}
			return { status: answer.status, body: answer.body };
		},
	};
}

/** The process is well, but its connection was not made. */
export class ConnectionFailed extends Error {
	override readonly name = "ConnectionFailed";
}
