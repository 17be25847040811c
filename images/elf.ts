/** What the loader needs to know of a program or shared library, from its program headers (elf(5)). */
export interface Elf {
	/** As OCI says it. */
	readonly architecture: string;
	/** Path of the loader, for a program that is linked dynamically. */
	readonly interpreter?: string;
	/** Names of the shared libraries that it asks for. */
	readonly needed: readonly string[];
}

const architectures: Readonly<Record<number, string>> = { 62: "amd64", 183: "arm64" };
const loadSegment = 1;
const dynamicSegment = 2;
const interpreterSegment = 3;
const neededTag = 1n;
const stringTableTag = 5n;

/** Undefined for what is not a 64-bit little-endian ELF file of an architecture that we make images for. */
export function readElf(data: Buffer): Elf | undefined {
	if (data.length < 64 || data.readUInt32BE(0) !== 0x7f454c46 || data[4] !== 2 || data[5] !== 1) {
		return undefined;
	}
	const architecture = architectures[data.readUInt16LE(18)];
	if (architecture === undefined) {
		return undefined;
	}
	const segments = readSegments(data);
	const interpreter = segments.find(({ type }) => type === interpreterSegment);
	return {
		architecture,
		needed: readNeeded(data, segments),
		...(interpreter === undefined ? {} : { interpreter: readString(data, interpreter.offset) }),
	};
}

interface Segment {
	readonly type: number;
	readonly offset: number;
	readonly address: bigint;
	readonly size: bigint;
}

function readSegments(data: Buffer): Segment[] {
	const table = Number(data.readBigUInt64LE(32));
	const entrySize = data.readUInt16LE(54);
	return Array.from({ length: data.readUInt16LE(56) }, (_, index) => {
		const at = table + index * entrySize;
		return {
			type: data.readUInt32LE(at),
			offset: Number(data.readBigUInt64LE(at + 8)),
			address: data.readBigUInt64LE(at + 16),
			size: data.readBigUInt64LE(at + 32),
		};
	});
}

function readNeeded(data: Buffer, segments: readonly Segment[]): string[] {
	const dynamic = segments.find(({ type }) => type === dynamicSegment);
	if (dynamic === undefined) {
		return [];
	}
	const entries = Array.from({ length: Number(dynamic.size / 16n) }, (_, index) => {
		const at = dynamic.offset + index * 16;
		return { tag: data.readBigUInt64LE(at), value: data.readBigUInt64LE(at + 8) };
	});
	const strings = entries.find(({ tag }) => tag === stringTableTag)?.value ?? 0n;
	const holder = segments.find(
		({ type, address, size }) => type === loadSegment && strings >= address && strings < address + size,
	);
	const offset = holder === undefined ? 0 : holder.offset + Number(strings - holder.address);
	return entries
		.filter(({ tag }) => tag === neededTag)
		.map(({ value }) => readString(data, offset + Number(value)));
}

function readString(data: Buffer, at: number): string {
	return data.toString("latin1", at, data.indexOf(0, at));
}
