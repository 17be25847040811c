import type { Socket } from "node:net";
import { hasDescriptor } from "./tcp-handle.ts";

/**
 * Ends a connection with RST where that can be, so that the peer sees a failure and not a complete stream.
 *
 * Node's `resetAndDestroy` loses the descriptor of a socket whose FIN is just on its way, and the handle of one that
 * has no descriptor yet: uv_tcp_close_reset(3) refuses both and closes nothing. They are closed plainly, which is
 * true to the first, whose stream is complete, and not seen by anybody of the second. On a socket that is still
 * connecting it would wait, so that is told not to be: the server may have accepted it already.
 */
export function reset(socket: Socket): void {
	if (socket.destroyed) {
		return;
	}
	const shuttingDown = socket.writableEnded && !socket.writableFinished && socket.writableLength === 0;
	if (shuttingDown || !hasDescriptor(socket)) {
		socket.destroy();
	} else {
		Object.assign(socket, { connecting: false }).resetAndDestroy();
	}
}
