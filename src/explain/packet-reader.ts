import { type Address, parseAddress } from "../domain/cidr.ts";
import { parseGid, parseUid } from "../domain/identity.ts";
import { parseInterfaceName } from "../domain/interface-name.ts";
import { parsePort } from "../domain/port.ts";
import { fail, ok, type Problem, type Result } from "../domain/problem.ts";
import type { Assumption, PacketFieldName, PacketRequest } from "./packet-fields.ts";

/** Reads a packet's fields one by one and remembers every mistake and every assumption. */
export class PacketReader {
	readonly problems: Problem[] = [];
	readonly assumed: Assumption[] = [];
	readonly #request: PacketRequest;

	constructor(request: PacketRequest) {
		this.#request = request;
	}

	isGiven(field: PacketFieldName): boolean {
		return this.#request[field] !== undefined;
	}

	/** As it was written, right or wrong. */
	text(field: PacketFieldName): string | undefined {
		return this.#request[field];
	}

	choice<T extends string>(field: PacketFieldName, choices: readonly T[]): T | undefined {
		return this.#read(field, (text, source) => {
			const choice = choices.find((candidate) => candidate === text);
			return choice !== undefined
				? ok(choice)
				: fail({ source, value: text, complaint: "is not known", accepted: `one of ${choices.join(", ")}` });
		});
	}

	address(field: "from" | "to"): Address | undefined {
		return this.#read(field, (text, source) => {
			const address = parseAddress(text);
			return address !== undefined
				? ok(address)
				: fail({
						source,
						value: text,
						complaint: "is not an address",
						accepted: "an IPv4 or IPv6 address, such as 10.0.0.5 or fd00::5",
					});
		});
	}

	port(): number | undefined {
		return this.#read("port", parsePort);
	}

	id(field: "uid" | "gid"): number | undefined {
		return this.#read<number>(field, field === "uid" ? parseUid : parseGid);
	}

	interface(): string | undefined {
		return this.#read("interface", parseInterfaceName);
	}

	/** What is taken instead of a field that was not given. */
	assume<T>(field: PacketFieldName, value: T, because: string): T {
		if (!this.isGiven(field)) {
			this.assumed.push({ field, value: `${value}`, because });
		}
		return value;
	}

	/** For a field that this packet cannot have. */
	refuse(field: PacketFieldName, complaint: string, accepted: string): void {
		if (this.isGiven(field)) {
			this.complain(field, complaint, accepted);
		}
	}

	complain(field: PacketFieldName, complaint: string, accepted: string): void {
		const value = this.#request[field];
		this.problems.push({
			source: `--${field}`,
			complaint,
			accepted,
			...(value === undefined ? {} : { value }),
		});
	}

	#read<T>(field: PacketFieldName, parse: (text: string, source: string) => Result<T>): T | undefined {
		const text = this.#request[field];
		const parsed = text === undefined ? undefined : parse(text, `--${field}`);
		if (parsed === undefined || parsed.ok) {
			return parsed?.value;
		}
		this.problems.push(...parsed.problems);
		return undefined;
	}
}
