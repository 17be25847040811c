import type { Socket } from "node:net";

/**
 * Ends a connection with RST where that can be, so that the peer sees a failure and not a complete stream.
 *
 * Node's `resetAndDestroy` waits on a socket that is still connecting, and loses the descriptor of one whose FIN is
 * just on its way (uv_tcp_close_reset(3) answers EINVAL then and closes nothing). Those are closed plainly: nobody
 * has seen the first, and the second has truthfully said that its stream is complete.
 */
export function reset(socket: Socket): void {
	if (socket.destroyed) {
		return;
	}
	const shuttingDown = socket.writableEnded && !socket.writableFinished && socket.writableLength === 0;
	if (socket.connecting || shuttingDown) {
		socket.destroy();
	} else {
		socket.resetAndDestroy();
	}
}
