import type { ByteOrder, Bytes } from "./bytes.ts";
import { type SocketFacts, socketOf, socketStates } from "./sock-diag.ts";

/**
 * The sockets in `/proc/net/tcp` or `/proc/net/tcp6` (proc_pid_net(5)). An address is hexadecimal, in words of 32 bits in the
 * machine's own order; a port is in order. Lines that say something else are passed over, as the titles are.
 */
export function socketsInProc(text: string, order: ByteOrder): SocketFacts[] {
	return text.split("\n").flatMap((line) => {
		const [, local = "", remote = "", state = "", , , , uid, , inode] = line.trim().split(/\s+/);
		const [near, far] = [endIn(local, order), endIn(remote, order)];
		const known = socketStates[Number.parseInt(state, 16)];
		if (near === undefined || far?.address.length !== near.address.length || known === undefined) {
			return [];
		}
		return [
			socketOf({
				local: near.address,
				localPort: near.port,
				remote: far.address,
				remotePort: far.port,
				state: known,
				uid: Number(uid ?? 0),
				inode: Number(inode ?? 0),
			}),
		];
	});
}

function endIn(
	text: string,
	order: ByteOrder,
): { readonly address: Bytes; readonly port: number } | undefined {
	const [, digits = "", port = ""] = /^((?:[\dA-F]{8}){1,4}):([\dA-F]{4})$/.exec(text) ?? [];
	if (digits.length !== 8 && digits.length !== 32) {
		return undefined;
	}
	const bytes = (digits.match(/.{8}/g) ?? []).flatMap((word) => {
		const four = (word.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
		return order === "little" ? four.reverse() : four;
	});
	return { address: String.fromCharCode(...bytes), port: Number.parseInt(port, 16) };
}
