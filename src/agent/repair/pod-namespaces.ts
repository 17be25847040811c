import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Host, HostError } from "../../host/host.ts";
import type { Visit } from "../../linux/netns.ts";
import { addressesIn, dumpAddresses } from "../../wire/addresses.ts";
import { codeOf } from "../configuration-folder.ts";

/** Where a pod's network namespace is. */
export type Found =
	| { readonly kind: "found"; readonly path: string }
	/** Why nobody knows, which is not that there is none. */
	| { readonly kind: "unknown"; readonly why: string };

interface Known {
	readonly inode: number;
	/** Undefined where it could not be looked into. */
	readonly addresses: readonly string[] | undefined;
}

/**
 * The network namespaces that the node's runtime keeps in a folder, by the addresses in them. A pod's is the one that has
 * the pod's address: so those are found too that were made before the plugin was there, and no runtime has to be asked.
 */
export class PodNamespaces {
	readonly #folder: string;
	readonly #host: Host;
	readonly #known = new Map<string, Known>();
	/** The names of those that have an address; made anew where one has come, gone or changed. */
	#having: Map<string, string[]> | undefined;
	#failure: string | undefined;

	constructor(folder: string, host: Host) {
		this.#folder = folder;
		this.#host = host;
	}

	/**
	 * Looks what there is. Answers with the names of those to {@link lookInto}. `assigned` are the addresses of all of the node's
	 * pods: a namespace that has none of them is looked into anew, as its address may have come since. Nothing is where the folder
	 * cannot be read, and that is said of each pod.
	 */
	refresh(assigned: ReadonlySet<string>): readonly string[] {
		let names: readonly string[];
		try {
			names = readdirSync(this.#folder);
			this.#failure = undefined;
		} catch (error) {
			this.#failure = `${this.#folder} cannot be read (${codeOf(error)})`;
			return [];
		}
		const present = new Set(names);
		for (const name of this.#known.keys()) {
			if (!present.has(name)) {
				this.#forget(name);
			}
		}
		return names.filter(
			(name) => this.#known.get(name)?.addresses?.some((address) => assigned.has(address)) !== true,
		);
	}

	/** Learns which addresses there are. */
	lookInto(name: string, visit: Visit): void {
		const path = join(this.#folder, name);
		const inode = inodeOf(path);
		if (inode === undefined) {
			this.#forget(name);
			return;
		}
		if (inode === inodeOf("/proc/self/ns/net")) {
			// Docker keeps the node's own there too, which is no pod's.
			this.#know(name, { inode, addresses: undefined });
			return;
		}
		try {
			this.#know(name, { inode, addresses: visit(path, () => this.#addresses()) });
		} catch (error) {
			if (!(error instanceof HostError)) {
				throw error;
			}
			// What the runtime is about to make or to remove is a file like any other.
			this.#know(name, { inode, addresses: undefined });
		}
	}

	/** The one namespace that has all of these addresses. */
	find(addresses: readonly string[]): Found {
		const [first] = addresses;
		if (this.#failure !== undefined || first === undefined) {
			return { kind: "unknown", why: this.#failure ?? "the pod has no address yet" };
		}
		const having = this.#namesHaving(first);
		const [only, another] = having;
		if (only === undefined || another !== undefined) {
			const why = another === undefined ? "no namespace has" : `${having.length} namespaces have`;
			return { kind: "unknown", why: `${why} the pod's address` };
		}
		return addresses.every((address) => this.#known.get(only)?.addresses?.includes(address) === true)
			? { kind: "found", path: join(this.#folder, only) }
			: { kind: "unknown", why: "no namespace has all of the pod's addresses" };
	}

	/** To be asked before anything is changed: a name may be another namespace's by now. */
	isStill(path: string): boolean {
		const name = path.slice(this.#folder.length + 1);
		return inodeOf(path) !== undefined && inodeOf(path) === this.#known.get(name)?.inode;
	}

	#namesHaving(address: string): readonly string[] {
		if (this.#having === undefined) {
			this.#having = new Map();
			for (const [name, { addresses = [] }] of this.#known) {
				for (const each of addresses) {
					this.#having.set(each, [...(this.#having.get(each) ?? []), name]);
				}
			}
		}
		return this.#having.get(address) ?? [];
	}

	#forget(name: string): void {
		this.#having = undefined;
		this.#known.delete(name);
	}

	#know(name: string, known: Known): void {
		this.#having = undefined;
		this.#known.set(name, known);
	}

	/** Those by which the pod can be reached. */
	#addresses(): readonly string[] | undefined {
		const order = this.#host.byteOrder();
		const answer = this.#host.netlink(dumpAddresses(order), "route");
		const all = "name" in answer ? undefined : addressesIn(answer, order);
		return all?.filter(({ isHosts }) => !isHosts).map(({ bytes }) => bytes);
	}
}

/** Undefined where nothing is. */
export function inodeOf(path: string): number | undefined {
	return statSync(path, { throwIfNoEntry: false })?.ino;
}
