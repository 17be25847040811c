import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { createInterface, type Interface } from "node:readline";

/** How a command ended in the machine. */
export interface Ended {
	readonly status: number;
	readonly stdout: string;
	readonly stderr: string;
}

export interface MachineOptions {
	/** A folder into which `scripts/kernels/fetch-kernel.sh` has unpacked a kernel. */
	readonly kernel: string;
	/** What `scripts/kernels/build-initramfs.sh` made for it. */
	readonly initramfs: string;
	/** Further words of the kernel's command line. */
	readonly parameters?: readonly string[];
	/** Of memory, into which the initramfs is unpacked. */
	readonly megabytes: number;
}

/** A machine of its own with a kernel of its own, emulated, so that it needs neither root nor hardware for it. */
export class Machine implements AsyncDisposable {
	readonly #qemu: ChildProcessWithoutNullStreams;
	readonly #lines: Interface;
	readonly #answers: AsyncIterator<string>;
	readonly #folder: string;

	private constructor({ kernel, initramfs, parameters = [], megabytes }: MachineOptions) {
		this.#folder = mkdtempSync(`${tmpdir()}/shunt-machine-`);
		const commandLine = [...usualParameters, ...parameters].join(" ");
		// One line for what the kernel says, one for commands and answers.
		const devices = ["-serial", `file:${this.#console}`, "-serial", "stdio"];
		// It goes where we go, whatever ends us.
		this.#qemu = spawn("setpriv", [
			...["--pdeathsig", "KILL", "qemu-system-x86_64"],
			...["-accel", "tcg,thread=single", "-cpu", "max", "-machine", "q35", "-smp", "1", "-m", `${megabytes}`],
			...["-nodefaults", "-no-reboot", "-display", "none", ...devices],
			...["-kernel", kernelImage(kernel), "-initrd", initramfs, "-append", commandLine],
		]);
		this.#lines = createInterface({ input: this.#qemu.stdout });
		this.#answers = this.#lines[Symbol.asyncIterator]();
	}

	static async boot(options: MachineOptions): Promise<Machine> {
		const machine = new Machine(options);
		const first = await machine.#answers.next();
		if (first.done === true || first.value.trim() !== "ready") {
			throw new Error(`the machine did not come up: ${machine.console()}`);
		}
		return machine;
	}

	/** What the kernel said on its console. */
	console(): string {
		return readFileSync(this.#console, "latin1");
	}

	/** Runs a script of a shell as root, and waits for its end. */
	async run(script: string): Promise<Ended> {
		this.#qemu.stdin.write(`${Buffer.from(script).toString("base64")}\n`);
		const answer = await this.#answers.next();
		const [, status, stdout, stderr] = /^(\d+) =(\S*) =(\S*)\s*$/.exec(answer.value ?? "") ?? [];
		if (status === undefined) {
			throw new Error(`the machine is gone: ${this.console()}`);
		}
		const text = (encoded = "") => Buffer.from(encoded, "base64").toString();
		return { status: Number(status), stdout: text(stdout), stderr: text(stderr) };
	}

	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#qemu.exitCode === null && this.#qemu.signalCode === null) {
			const gone = once(this.#qemu, "exit");
			this.#qemu.kill("SIGKILL");
			await gone;
		}
		this.#lines.close();
		rmSync(this.#folder, { recursive: true });
	}

	get #console(): string {
		return `${this.#folder}/console`;
	}
}

/** What slows an emulated processor down and is of no use there is left out. */
const usualParameters = [
	"console=ttyS0",
	// On a machine with much else to do the emulated timer comes late, which the kernel takes for a broken one.
	"no_timer_check",
	"quiet",
	"loglevel=1",
	"panic=-1",
	"mitigations=off",
	"nokaslr",
	"random.trust_cpu=on",
];

/** Newer packages have it beside the modules. */
function kernelImage(folder: string): string {
	const places = [`${folder}/boot`, ...folders(`${folder}/usr/lib/modules`)];
	for (const place of places) {
		const name = list(place).find((one) => one.startsWith("vmlinuz"));
		if (name !== undefined) {
			return `${place}/${name}`;
		}
	}
	throw new Error(`${folder} holds no kernel`);
}

function folders(folder: string): string[] {
	return list(folder).map((name) => `${folder}/${name}`);
}

function list(folder: string): string[] {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}
