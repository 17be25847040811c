import type { TcpState } from "../wire/conntrack.ts";
import type { Account } from "./account.ts";
import { type Connection, type Direction, endedStates, ownerOf } from "./connection.ts";
import type { Via } from "./describe.ts";

/** Which connections are wanted; what is absent is not looked at. */
export interface Wanted {
	readonly direction?: Direction | undefined;
	/** That they were going to. */
	readonly port?: number | undefined;
	/** Of the owner. */
	readonly uid?: number | undefined;
	readonly via?: Via | undefined;
	/** `live` are all that are not over, `any` these too. */
	readonly state: TcpState | "live" | "any";
	/** Only those that the present rules would have go elsewhere. */
	readonly otherwise: boolean;
}

export class Filter {
	readonly #wanted: Wanted;

	constructor(wanted: Wanted) {
		this.#wanted = wanted;
	}

	/** Whether those that are over are wanted too, so that none is left out for that. */
	get takesEnded(): boolean {
		return this.#wanted.state !== "live";
	}

	/** By what the connection itself says, before anybody is asked about it. */
	takesConnection(connection: Connection): boolean {
		const { direction, port, uid } = this.#wanted;
		return (
			this.#takesState(connection.state) &&
			(direction === undefined || connection.direction === direction) &&
			(port === undefined || connection.to.port === port) &&
			(uid === undefined || ownerOf(connection)?.uid === uid)
		);
	}

	/** By what is said of it in the end. */
	takesAccount({ via, agrees }: Account): boolean {
		return (
			(this.#wanted.via === undefined || via === this.#wanted.via) &&
			(!this.#wanted.otherwise || agrees === false)
		);
	}

	#takesState(state: TcpState): boolean {
		const { state: wanted } = this.#wanted;
		return wanted === "any" || (wanted === "live" ? !endedStates.has(state) : state === wanted);
	}
}
