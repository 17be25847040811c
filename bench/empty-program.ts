import { writeFileSync } from "node:fs";

/**
 * Makes the smallest program there is: static, and all that it does is exit(2) with status 0. What a run takes beyond it
 * is the run's own; `true` of coreutils spends half a millisecond on its dynamic linker and its locale.
 */
export function writeEmptyProgram(path: string): void {
	const code = exits[process.arch];
	if (code === undefined) {
		throw new Error(`no machine code for ${process.arch}`);
	}
	const { machine, instructions } = code;
	const length = headerLength + programHeaderLength + instructions.length;
	const bytes = Buffer.alloc(length);
	// elf(5): Elf64_Ehdr, and one Elf64_Phdr that maps the whole file.
	bytes.write("\x7fELF\x02\x01\x01", "latin1");
	bytes.writeUInt16LE(2, 16); // ET_EXEC
	bytes.writeUInt16LE(machine, 18);
	bytes.writeUInt32LE(1, 20); // EV_CURRENT
	bytes.writeBigUInt64LE(address + BigInt(headerLength + programHeaderLength), 24);
	bytes.writeBigUInt64LE(BigInt(headerLength), 32);
	bytes.writeUInt16LE(headerLength, 52);
	bytes.writeUInt16LE(programHeaderLength, 54);
	bytes.writeUInt16LE(1, 56);
	bytes.writeUInt32LE(1, headerLength); // PT_LOAD
	bytes.writeUInt32LE(5, headerLength + 4); // readable, executable
	bytes.writeBigUInt64LE(address, headerLength + 16);
	bytes.writeBigUInt64LE(BigInt(length), headerLength + 32);
	bytes.writeBigUInt64LE(BigInt(length), headerLength + 40);
	bytes.writeBigUInt64LE(0x10000n, headerLength + 48);
	bytes.set(instructions, headerLength + programHeaderLength);
	writeFileSync(path, bytes, { mode: 0o755 });
}

const headerLength = 64;
const programHeaderLength = 56;
const address = 0x400000n;

/** By Node's name of the architecture: `e_machine`, and the call of exit(0). */
const exits: Readonly<Partial<Record<NodeJS.Architecture, { machine: number; instructions: number[] }>>> = {
	// mov $60, %eax; xor %edi, %edi; syscall
	x64: { machine: 62, instructions: [0xb8, 60, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05] },
	// mov x0, #0; mov x8, #93; svc #0
	arm64: { machine: 183, instructions: [0, 0, 0x80, 0xd2, 0xa8, 0x0b, 0x80, 0xd2, 1, 0, 0, 0xd4] },
};
