import { type Endpoint, formatEndpoint } from "../domain/endpoint.ts";
import type { Family } from "../domain/family.ts";
import type { Libc } from "../linux/libc.ts";
import { TcpSocket } from "../linux/tcp-socket.ts";
import type { Observation } from "./probe.ts";

/** What stands where the proxy will, and remembers who came. */
export class Listeners {
	/** Ports on which somebody listens already, the pod's own proxy as a rule. */
	readonly taken: { readonly family: Family; readonly port: number }[] = [];
	/** Ports that could not be listened on, and the errno(3) name of why. */
	readonly failed: { readonly family: Family; readonly port: number; readonly code: string }[] = [];
	readonly #open: { readonly socket: TcpSocket; readonly port: number }[] = [];
	readonly #accepted: TcpSocket[] = [];
	readonly #seen = new Map<string, Observation>();

	constructor(libc: Libc, families: readonly Family[], ports: readonly number[]) {
		for (const family of families) {
			for (const port of new Set(ports)) {
				this.listen(libc, family, port);
			}
		}
	}

	get descriptors(): number[] {
		return this.#open.map(({ socket }) => socket.descriptor);
	}

	/** Takes in whoever is waiting. */
	acceptAll(): void {
		for (const { socket, port } of this.#open) {
			for (let next = socket.accept(); next !== undefined; next = socket.accept()) {
				this.#accepted.push(next.socket);
				this.#seen.set(formatEndpoint(next.from), { kind: "arrived", port });
			}
		}
	}

	arrivalFrom(client: Endpoint): Observation | undefined {
		return this.#seen.get(formatEndpoint(client));
	}

	/** Ends the connections of all who came so far. */
	dismissAll(): void {
		this.acceptAll();
		for (const socket of this.#accepted.splice(0)) {
			socket.close();
		}
	}

	close(): void {
		this.dismissAll();
		for (const { socket } of this.#open) {
			socket.close();
		}
	}

	listen(libc: Libc, family: Family, port: number): void {
		const code = this.#tryToListen(libc, family, port);
		if (code === "EADDRINUSE") {
			this.taken.push({ family, port });
		} else if (code !== undefined) {
			this.failed.push({ family, port, code });
		}
	}

	/**
	 * Whoever has the port of a proxy carries on what comes there, or refuses it in no time and without a trace. So
	 * there is somebody where it was going; or else the application, whose port it is.
	 */
	standIn(libc: Libc, family: Family, port: number): void {
		this.#tryToListen(libc, family, port);
	}

	isTaken(family: Family, port: number): boolean {
		return this.taken.some((each) => each.family === family && each.port === port);
	}

	#tryToListen(libc: Libc, family: Family, port: number): string | undefined {
		const socket = TcpSocket.open(libc, family);
		if (typeof socket === "string") {
			return socket;
		}
		const code = socket.listen(port);
		if (code === undefined) {
			this.#open.push({ socket, port });
		} else {
			socket.close();
		}
		return code;
	}
}
