import { connect, type OnReadOpts, type Server, Socket } from "node:net";
import { getSystemErrorName } from "node:util";
import type { Endpoint } from "../domain/endpoint.ts";

/**
 * What lies under a socket of Node's: libuv's TCP stream. Node keeps it private, and this file is the only one that
 * reaches for it, for four things that have no public name:
 *
 * - the descriptor, without which there is no getsockopt(2);
 * - accepting a connection into a socket with `onread`, which `net.connect` can ask for and `net.Server` cannot. It
 *   halves the work of a busy connection (bench/proxy) and is why the server's own `onconnection` is replaced, as
 *   Node's cluster module does; a refused connection then costs no socket at all;
 * - how much of a write the kernel has not taken yet;
 * - reset of a connection that never became a socket.
 *
 * All of it has had the same form since Node 0.12; tcp-handle.test.ts notices when that ends.
 */
export interface TcpHandle {
	readonly fd: number;
	readonly writeQueueSize: number;
	setNoDelay(on: boolean): number;
	getpeername(result: object): number;
	getsockname(result: object): number;
	/** Closes with RST instead of FIN. */
	reset(): number;
}

interface ListeningHandle {
	onconnection: (error: number, handle: TcpHandle) => void;
}

/** Takes over what a listening server accepts. The error is an errno(3) name. */
export function takeConnections(
	server: Server,
	onHandle: (handle: TcpHandle) => void,
	onError: (code: string) => void,
): void {
	const { _handle } = server as unknown as { _handle: ListeningHandle };
	_handle.onconnection = (error, handle) =>
		error === 0 || error === undefined ? onHandle(handle) : onError(getSystemErrorName(error));
}

/**
 * A socket that does not read yet and hands what it reads to `onread`.
 *
 * The last three options are what every Socket writes into its own copy of the options. Being there already, they
 * spare that copy a change of shape, for which V8 in Node 20 misses its inline caches all through three constructors: a
 * socket takes 0.3 µs to make with them and 6 without.
 */
export function socketOf(handle: TcpHandle, onread: OnReadOpts): Socket {
	const options = {
		handle,
		onread,
		allowHalfOpen: true,
		pauseOnCreate: true,
		emitClose: false,
		autoDestroy: true,
		decodeStrings: false,
	};
	return new Socket(options);
}

/** A socket that is being connected, and then reads at once. */
export function dial({ address: host, port }: Endpoint, onread: OnReadOpts): Socket {
	const options = {
		host,
		port,
		onread,
		allowHalfOpen: true,
		noDelay: true,
		emitClose: false,
		autoDestroy: true,
		decodeStrings: false,
	};
	return connect(options);
}

/** Whether there is a descriptor yet: a socket gets it only when connect(2) is called, a tick after it is made. */
function hasDescriptor(socket: Socket): boolean {
	return (handleOf(socket)?.fd ?? -1) >= 0;
}

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

/** Bytes of a write under way that are still in this process. */
export function unsentBytes(socket: Socket): number {
	return handleOf(socket)?.writeQueueSize ?? 0;
}

function handleOf(socket: Socket): TcpHandle | null {
	return (socket as unknown as { _handle: TcpHandle | null })._handle;
}

export function remoteEndpoint(handle: TcpHandle): Endpoint {
	return endpointFrom((result) => handle.getpeername(result));
}

export function localEndpoint(handle: TcpHandle): Endpoint {
	return endpointFrom((result) => handle.getsockname(result));
}

function endpointFrom(fill: (result: object) => number): Endpoint {
	const result: Partial<Endpoint> = {};
	fill(result);
	return isEndpoint(result) ? result : nowhere;
}

/** A peer that is gone already has no name (ENOTCONN). */
const nowhere: Endpoint = { address: "unknown", port: 0 };

function isEndpoint(result: Partial<Endpoint>): result is Endpoint {
	return result.address !== undefined;
}
