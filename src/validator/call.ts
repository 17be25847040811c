import { portsReachedFrom } from "../linux/socket-table.ts";
import type { TcpSocket } from "../linux/tcp-socket.ts";
import type { Listeners } from "./listeners.ts";
import type { Observation, Probe } from "./probe.ts";

/** Milliseconds after which the other half is given up. */
const untraceable = 300;

/** One connection that is being made. */
export class Call {
	readonly probe: Probe;
	observation: Observation | undefined;
	#socket: TcpSocket | undefined;
	/** Since when the client's half is there. The other one may yet be on its way to whoever listens. */
	#answered: number | undefined;

	constructor(probe: Probe, socket: TcpSocket | string, listeners: Listeners) {
		this.probe = probe;
		if (typeof socket === "string") {
			this.observation = { kind: "unsendable", code: socket };
			return;
		}
		this.#socket = socket;
		const code = socket.connect(probe.to);
		if (code !== undefined && code !== "EINPROGRESS") {
			this.observation = { kind: code === "ECONNREFUSED" ? "answered" : "unsendable", code };
		} else if (listeners.taken.length > 0) {
			// Whoever listens there may be done with it in no time, so it is looked for at once.
			this.#trace();
		}
	}

	/** What to wait for, while there is something to wait for. */
	get descriptor(): number | undefined {
		return this.#answered === undefined ? this.#socket?.descriptor : undefined;
	}

	/** Called when the kernel has news of the connection, and again while it is not clear what they mean. */
	look(listeners: Listeners): void {
		// First, because a connection that is refused gives back its port, and another may have it by now.
		const code = this.#socket?.error();
		// Only who had accepted it can reset it.
		if (code !== undefined && code !== "ECONNRESET") {
			this.observation = { kind: "answered", code };
			return;
		}
		const client = this.#socket?.local();
		this.observation = client === undefined ? undefined : listeners.arrivalFrom(client);
		if (this.observation !== undefined) {
			return;
		}
		const now = performance.now();
		this.#answered ??= now;
		this.#trace();
		if (this.observation === undefined && now - this.#answered > untraceable) {
			this.observation = { kind: "taken" };
		}
	}

	get isUnclear(): boolean {
		return this.#answered !== undefined && this.observation === undefined;
	}

	/** When it is over. */
	result(): Observation {
		return this.observation ?? { kind: this.#answered === undefined ? "silent" : "taken" };
	}

	/** Once is enough. */
	close(): void {
		this.#socket?.close();
		this.#socket = undefined;
	}

	#trace(): void {
		const client = this.#socket?.local();
		const [port] = client === undefined ? [] : portsReachedFrom(client);
		this.observation = port === undefined ? undefined : { kind: "arrived", port };
	}
}
