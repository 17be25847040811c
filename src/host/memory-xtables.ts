import type { Family } from "../domain/family.ts";
import { buildEntries, replaceRequest } from "../wire/build-ip-table.ts";
import { type Bytes, words, zeros } from "../wire/bytes.ts";
import { baseChainNames, layouts } from "../wire/ip-table.ts";
import { readInfo } from "../wire/ip-table-requests.ts";
import { readIpTable } from "../wire/read-ip-table.ts";
import type { Errno, Host } from "./host.ts";

const order = words.little;
const { u32At } = order;

/**
 * The ip_tables of the fake kernel: what its sockopts do to a nat table of each family, with the real one's check of who
 * was first, and a refusal of what is no table. It counts nothing by itself.
 */
export class MemoryXtables {
	readonly #tables = new Map<Family, Held>();

	/** As {@link Host.xtables}. */
	readonly ask: Host["xtables"] = (family, operation, request) => {
		const held = this.#held(family);
		switch (operation) {
			case "info":
				return held.info;
			case "entries":
				return u32At(request, 32) === held.entries.length ? request.slice(0, 40) + held.entries : again;
			case "replace":
				return u32At(request, 84) === countOf(held) ? this.#replace(family, held, request) : again;
			case "add-counters":
				return u32At(request, 32) === countOf(held) ? this.#addCounters(held, request) : invalid;
			default:
				return { name: "EPROTONOSUPPORT", number: 93, message: "not supported by this fake kernel" };
		}
	};

	/** Of a family's entries, 16 bytes each. */
	counters(family: Family): Bytes {
		return this.#held(family).counters;
	}

	#held(family: Family): Held {
		const held = this.#tables.get(family) ?? emptyTable(family);
		this.#tables.set(family, held);
		return held;
	}

	#replace(family: Family, old: Held, request: Bytes): Bytes | Errno {
		const held = heldOf(request);
		const read = readIpTable(family, readInfo(held.info, order), held.entries, order);
		if ("why" in read) {
			return invalid;
		}
		this.#tables.set(family, held);
		return old.counters;
	}

	/** To counters that are all zero yet, which is when our programs do it. */
	#addCounters(held: Held, request: Bytes): Bytes {
		held.counters = request.slice(40);
		return "";
	}
}

interface Held {
	/** struct ipt_getinfo */
	readonly info: Bytes;
	readonly entries: Bytes;
	counters: Bytes;
}

const again: Errno = { name: "EAGAIN", number: 11, message: "resource temporarily unavailable" };
const invalid: Errno = { name: "EINVAL", number: 22, message: "invalid argument" };

function countOf({ info }: Held): number {
	return u32At(info, 76);
}

/**
 * What is in struct ipt_replace: there the number and the length of entries stand before the offsets, and hooks without a
 * chain may have any (translate_table in net/ipv4/netfilter/ip_tables.c says what becomes of those).
 */
function heldOf(request: Bytes): Held {
	const hooks = u32At(request, 32);
	const offsets = (at: number) =>
		baseChainNames
			.map((_, hook) =>
				(hooks & (1 << hook)) === 0 ? nowhere : request.slice(at + 4 * hook, at + 4 * hook + 4),
			)
			.join("");
	return {
		info: request.slice(0, 36) + offsets(44) + offsets(64) + request.slice(36, 44),
		entries: request.slice(96),
		counters: zeros(16 * u32At(request, 36)),
	};
}

const nowhere = order.u32(0xffff_ffff);

/**
 * The kernel's own, byte for byte: in each policy's entry it notes the hook from which it is reached (comefrom, by
 * mark_source_chains in the same file).
 */
function emptyTable(family: Family): Held {
	const bases = baseChainNames.flatMap((name, hook) => (name === "FORWARD" ? [] : [{ name, hook }]));
	const chains = bases.map(({ name, hook }) => ({
		name,
		rules: [],
		base: { hook, policy: "accept" } as const,
	}));
	const built = buildEntries({ family, chains }, order);
	const comefrom = layouts[family].offsets + 4;
	const entries = bases.reduce((bytes, { hook }) => {
		const at = (built.info.policies[hook] ?? 0) + comefrom;
		return bytes.slice(0, at) + order.u32(1 << hook) + bytes.slice(at + 4);
	}, built.entries);
	return heldOf(replaceRequest({ ...built, entries }, 0, order));
}
