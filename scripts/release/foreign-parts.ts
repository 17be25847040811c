import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";

/** As OCI says it, and Debian. */
export type Architecture = "amd64" | "arm64";

export const architectures: readonly Architecture[] = ["amd64", "arm64"];

/** As `uname -m` says it, and npm. */
const spellings: Readonly<Record<Architecture, { readonly machine: string; readonly npm: string }>> = {
	amd64: { machine: "x86_64", npm: "x64" },
	arm64: { machine: "aarch64", npm: "arm64" },
};

/** What a build for an architecture is told. */
export interface Parts {
	readonly machine: string;
	/** The folder that native/build.sh leaves its programs in. */
	readonly native: string;
	/** Arguments of images/build.ts. */
	readonly image: readonly string[];
}

/**
 * What goes into images besides our own programs, for another processor than this one's: Node of this very version, as npm's
 * package `node-linux-ARCH` has it (or the file that `NODE_ARM64` or `NODE_AMD64` names), and the one package with compiled code.
 */
export async function foreignParts(
	architecture: Architecture,
	here: Architecture,
	say: (what: string) => void,
): Promise<Parts> {
	const { machine, npm } = spellings[architecture];
	if (architecture === here) {
		return { machine, native: "dist/native", image: [] };
	}
	const folder = `${process.cwd()}/dist/foreign-${architecture}`;
	const native = `dist/native-${architecture}`;
	// Among them the emulator, and the C library of the other processor, which Node is linked with.
	execFileSync("native/cross-tools.sh", [machine], { stdio: ["ignore", "ignore", 2], timeout: 600_000 });
	const node = process.env[`NODE_${architecture.toUpperCase()}`] ?? fetchNode(folder, npm, say);
	const emulator = [`qemu-${machine}-static`, "-L", `/usr/${machine}-linux-gnu`] as const;
	const ran = execFileSync(emulator[0], [...emulator.slice(1), node, "--version"], {
		encoding: "utf8",
	}).trim();
	say(`Node for ${architecture} is ${ran}`);
	return {
		machine,
		native,
		image: [
			...["--arch", architecture],
			...["--native", `${native}/shunt`, "--plugin", `${native}/shunt-cni`],
			...["--node", node, "--modules", fetchModules(folder, npm, say)],
		],
	};
}

function fetchNode(folder: string, npm: string, say: (what: string) => void): string {
	const name = `node-linux-${npm}`;
	const node = `${folder}/node/node_modules/${name}/bin/node`;
	if (!existsSync(node)) {
		say(`${name}@${process.version.slice(1)} from npm's registry`);
		mkdirSync(`${folder}/node`, { recursive: true });
		const flags = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--force"];
		const platform = ["--os=linux", `--cpu=${npm}`];
		npmInstall(`${folder}/node`, [...flags, ...platform, `${name}@${process.version.slice(1)}`]);
	}
	return node;
}

function fetchModules(folder: string, npm: string, say: (what: string) => void): string {
	const modules = `${folder}/modules`;
	say(`packages with compiled code for ${npm}`);
	rmSync(modules, { recursive: true, force: true });
	mkdirSync(modules, { recursive: true });
	for (const file of ["package.json", "package-lock.json"]) {
		copyFileSync(file, `${modules}/${file}`);
	}
	const flags = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=dev"];
	npmInstall(modules, [...flags, "--os=linux", `--cpu=${npm}`]);
	return modules;
}

/** Into this very folder: npm left to itself looks for one above that has packages already, as a checkout has. */
export function npmInstall(folder: string, args: readonly string[]): void {
	execFileSync("npm", ["install", "--prefix", folder, ...args], {
		cwd: folder,
		stdio: ["ignore", "ignore", 2],
		timeout: 600_000,
	});
}
