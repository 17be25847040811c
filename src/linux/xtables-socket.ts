import type { Family } from "../domain/family.ts";
import type { Errno } from "../host/errno.ts";
import type { XtablesOperation } from "../host/host.ts";
import { isByteString, machineOrder, toByteString, toBytes } from "./byte-string.ts";
import { errnoOf, invalidArgument } from "./errno.ts";
import type { Libc } from "./libc.ts";
import { addressFamilies, protocolLevels } from "./sockaddr.ts";

/**
 * IPT_BASE_CTL and those after it (linux/netfilter_ipv4/ip_tables.h); where IPv6 has other numbers
 * (linux/netfilter_ipv6/ip6_tables.h) they follow.
 */
const reading: Readonly<Record<Exclude<XtablesOperation, Writing>, Readonly<Record<Family, number>>>> = {
	info: { ipv4: 64, ipv6: 64 },
	entries: { ipv4: 65, ipv6: 65 },
	"match-revision": { ipv4: 66, ipv6: 68 },
	"target-revision": { ipv4: 67, ipv6: 69 },
};
const writing = { replace: 64, "add-counters": 65 } as const;
type Writing = keyof typeof writing;

const closeOnExec = 0o2000000; // SOCK_CLOEXEC
const datagram = { type: 2, protocol: 0 } as const; // SOCK_DGRAM
/** What the tools use. gVisor takes the calls on no other (pkg/sentry/socket/netstack of google/gvisor). */
const raw = { type: 3, protocol: 255 } as const; // SOCK_RAW, IPPROTO_RAW
const unknownThere: readonly string[] = ["EOPNOTSUPP", "ENOPROTOOPT"];
/** ENOSYS and ENOMEM on every architecture that Node runs on. */
const [notImplemented, noMemory] = [38, 12];
const counterCountOffset = 84; // num_counters of struct ipt_replace
const counterPointerOffset = 88;
const replaceLength = 96;
const isLittleEndian = machineOrder === "little";
const counterLength = 16; // struct xt_counters
/** More rules than a table can have: the kernel keeps it in less than 512 MB (XT_MAX_TABLE_SIZE). */
const mostCounters = 2 ** 22;

/** As {@link Host.xtables}. */
export function askXtables(
	libc: Libc,
	family: Family,
	operation: XtablesOperation,
	request: string,
): string | Errno {
	if (!isByteString(request)) {
		return invalidArgument;
	}
	if (narrow.has(process.arch)) {
		return errnoOf(notImplemented);
	}
	const bytes = toBytes(request);
	const answer = onSocket(libc, family, datagram, (descriptor) =>
		call(libc, { descriptor, family, operation, bytes }),
	);
	if (typeof answer === "string" || !unknownThere.includes(answer.name)) {
		return answer;
	}
	// Where there is no such socket to be had, for want of CAP_NET_RAW for example, the first answer stands.
	let second: string | Errno = answer;
	onSocket(libc, family, raw, (descriptor) => {
		second = call(libc, { descriptor, family, operation, bytes });
		return second;
	});
	return second;
}

/** Who opens it closes it. Speaks of the tables of the network namespace in which it was opened, from wherever it is asked. */
export class OpenXtables {
	readonly #libc: Libc;
	readonly #descriptor: number;

	private constructor(libc: Libc, descriptor: number) {
		this.#libc = libc;
		this.#descriptor = descriptor;
	}

	static open(libc: Libc): OpenXtables | Errno {
		// A socket of IPv6 takes IPv4's calls too (ipv6_getsockopt in net/ipv6/ipv6_sockglue.c), but not every kernel has one.
		for (const family of ["ipv6", "ipv4"] as const) {
			const { type, protocol } = datagram;
			const descriptor = libc.socket(addressFamilies[family], type | closeOnExec, protocol);
			if (descriptor >= 0) {
				return new OpenXtables(libc, descriptor);
			}
		}
		return errnoOf(libc.errno());
	}

	/** Asks what `bytes` hold and answers into them. True where there was an answer. */
	askInPlace(family: Family, operation: Exclude<XtablesOperation, Writing>, bytes: Uint8Array): boolean {
		const name = reading[operation][family];
		answerLength[0] = bytes.length;
		return this.#libc.getsockopt(this.#descriptor, protocolLevels[family], name, bytes, answerLength) >= 0;
	}

	close(): void {
		this.#libc.close(this.#descriptor);
	}
}

/** For all, since nothing else runs between a call and its answer. */
const answerLength = new Uint32Array(1);

const narrow: ReadonlySet<string> = new Set(["arm", "ia32", "mips", "mipsel", "ppc"]);

function onSocket(
	libc: Libc,
	family: Family,
	{ type, protocol }: typeof datagram | typeof raw,
	use: (descriptor: number) => string | Errno,
): string | Errno {
	const descriptor = libc.socket(addressFamilies[family], type | closeOnExec, protocol);
	if (descriptor < 0) {
		return errnoOf(libc.errno());
	}
	try {
		return use(descriptor);
	} finally {
		libc.close(descriptor);
	}
}

interface Call {
	readonly descriptor: number;
	readonly family: Family;
	readonly operation: XtablesOperation;
	readonly bytes: Buffer;
}

function call(libc: Libc, { descriptor, family, operation, bytes }: Call): string | Errno {
	const level = protocolLevels[family];
	if (operation === "replace") {
		return replace(libc, descriptor, level, bytes);
	}
	if (operation === "add-counters") {
		const isDone = libc.setsockopt(descriptor, level, writing[operation], bytes, bytes.length) === 0;
		return isDone ? "" : errnoOf(libc.errno());
	}
	const length = Uint32Array.of(bytes.length);
	// The revisions answer with a number above zero, the newest revision that there is.
	return libc.getsockopt(descriptor, level, reading[operation][family], bytes, length) < 0
		? errnoOf(libc.errno())
		: toByteString(bytes);
}

/**
 * The kernel copies the old counters out after the tables have been exchanged, and complains in its log when it cannot
 * (__do_replace in net/ipv4/netfilter/ip_tables.c).
 */
function replace(libc: Libc, descriptor: number, level: number, bytes: Buffer): string | Errno {
	if (bytes.length < replaceLength) {
		return invalidArgument;
	}
	const view = new DataView(bytes.buffer, bytes.byteOffset);
	const count = view.getUint32(counterCountOffset, isLittleEndian);
	const counters = new Uint8Array(Math.min(count, mostCounters) * counterLength);
	const address = count > mostCounters ? 0 : libc.malloc(Math.max(counters.length, 1));
	if (Number(address) === 0) {
		return errnoOf(noMemory);
	}
	try {
		view.setBigUint64(counterPointerOffset, BigInt(address), isLittleEndian);
		if (libc.setsockopt(descriptor, level, writing.replace, bytes, bytes.length) !== 0) {
			return errnoOf(libc.errno());
		}
		libc.memcpy(counters, address, counters.length);
		return toByteString(counters);
	} finally {
		libc.free(address);
	}
}
