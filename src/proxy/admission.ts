import type { Endpoint } from "../domain/endpoint.ts";
import type { Family } from "../domain/family.ts";
import { NoOriginalDestination, type OriginalDestination } from "../linux/original-destination.ts";
import type { LoopGuard } from "./loop-guard.ts";
import type { ErrorReason } from "./reason.ts";
import { localEndpoint, type TcpHandle } from "./tcp-handle.ts";

/** Whether a connection is served. A refusal says why, and whatever is known by then. */
export type Admission =
	| { readonly admitted: true; readonly server: Endpoint }
	| {
			readonly admitted: false;
			readonly server?: Endpoint;
			readonly reason: ErrorReason;
			readonly code?: string;
	  };

export interface Doorkeeper {
	readonly originalDestination: OriginalDestination;
	readonly guard: LoopGuard;
	isFull(): boolean;
}

export function admit(handle: TcpHandle, family: Family, client: Endpoint, keeper: Doorkeeper): Admission {
	if (keeper.isFull()) {
		return { admitted: false, reason: "limit" };
	}
	const asked = ask(keeper.originalDestination, handle, family);
	if ("code" in asked) {
		return { admitted: false, reason: "no-original-destination", code: asked.code };
	}
	const { guard } = keeper;
	return guard.isOwnListener(asked, () => localEndpoint(handle)) || guard.isOwnDial(client, asked)
		? { admitted: false, server: asked, reason: "loop" }
		: { admitted: true, server: asked };
}

/** Whatever goes wrong here must cost one connection and no more. */
function ask(originalDestination: OriginalDestination, handle: TcpHandle, family: Family) {
	try {
		return originalDestination(handle.fd, family);
	} catch (error) {
		return { code: error instanceof NoOriginalDestination ? error.code : String(error) };
	}
}
