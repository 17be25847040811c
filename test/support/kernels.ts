import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dialects } from "../../src/domain/mode.ts";
import { type Ended, Machine } from "./machine.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const known = ["5.10", "6.1", "6.12", "7.2"] as const;

export type KernelSeries = (typeof known)[number];

/** Which of Debian's kernels are tested: those in SHUNT_TEST_KERNELS, or one. */
export const kernels: readonly KernelSeries[] = (process.env["SHUNT_TEST_KERNELS"] ?? "6.1")
	.split(/[\s,]+/)
	.filter(Boolean)
	.map((name) => {
		const series = known.find((one) => one === name);
		if (series === undefined) {
			throw new Error(`SHUNT_TEST_KERNELS: "${name}" is not one of ${known.join(", ")}`);
		}
		return series;
	});

/** Whether every module is tested, or those that are missing most often: `make kernels` names the kernels that it wants. */
export const isWhole = process.env["SHUNT_TEST_KERNELS"] !== undefined;

/** Every mode by both ways, where there are two: `plain` are the distribution's own programs, which alone know what they speak. */
export const possibleWays = dialects
	.flatMap((dialect) => ["kernel", "tools"].map((via) => ({ dialect, via })))
	.filter(({ dialect, via }) => dialect !== "plain" || via === "tools");

interface BootOptions {
	/** Further words of the kernel's command line. */
	readonly parameters?: readonly string[];
	/** Whether `/opt/shunt/bin/shunt` is in it too, which takes five times the memory. */
	readonly withNode?: boolean;
}

/** Boots a kernel with the native program in it; the kernel is fetched where it is missing. */
export async function bootKernel(
	series: KernelSeries,
	{ parameters = [], withNode = false }: BootOptions = {},
): Promise<Machine> {
	const script = (name: string) => `${root}/scripts/kernels/${name}`;
	const kernel = execFileSync(script("fetch-kernel.sh"), [series], { encoding: "utf8" }).trim();
	mkdirSync(`${root}/dist/kernels`, { recursive: true });
	const initramfs = `${root}/dist/kernels/${series}-${process.pid}.cpio`;
	const build = withNode ? [root] : [];
	execFileSync(script("build-initramfs.sh"), [kernel, `${root}/dist/native/shunt`, initramfs, ...build]);
	try {
		return await Machine.boot({ kernel, initramfs, parameters, megabytes: withNode ? 1024 : 512 });
	} finally {
		rmSync(initramfs);
	}
}

/** Shell functions for what the tests do again and again in a machine. */
const vocabulary = `
fresh() { ip netns del pod 2>/dev/null; ip netns add pod && ip netns exec pod ip link set lo up; }
pod() { ip netns exec pod "$@"; }
file_of() { find /lib/modules -name "$1.ko"; }
# What can be unloaded, is: a namespace goes a moment after its name.
unload() {
	ip netns del pod 2>/dev/null; ip netns del peer 2>/dev/null
	for round in 1 2 3 4 5 6 7 8 9 10; do
		unused=$(lsmod | awk 'NR > 1 && $3 == 0 { print $1 }')
		[ -n "$unused" ] || return 0
		rmmod $unused 2>/dev/null
		sleep 0.1
	done
}
# Not all kernels come with lists of what is built in, and depmod warns of that.
hide() { for module in "$@"; do mv "$(file_of "$module")" /hidden/ || return; done; depmod 2>/dev/null; }
show() { for file in /hidden/*.ko; do mv "$file" /lib/modules/*/ || return; done; depmod 2>/dev/null; }
take_away() { ! lsmod | grep -q "^$1 " || rmmod "$1" || return; hide "$1"; }
mkdir -p /hidden
`;

/** Runs a script in a machine with these words in it. */
export function inMachine(machine: Machine, script: string): Promise<Ended> {
	return machine.run(`${vocabulary}${script}`);
}
