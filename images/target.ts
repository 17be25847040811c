import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readElf } from "./elf.ts";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** What images are made for, and from which programs. */
export interface Target {
	/** As Debian and OCI both say it. */
	readonly architecture: string;
	/** The native program. */
	readonly native: string;
	/** The native CNI plugin. */
	readonly plugin: string;
	/** The Node that goes into the image. */
	readonly node: string;
	/** The folder that holds `node_modules` with the dependencies of production. */
	readonly modules: string;
}

/** As Node says it, to how Debian and OCI do. */
const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

export function hereAndNow(): Target {
	return {
		architecture: architectures[process.arch] ?? process.arch,
		native: `${root}dist/native/shunt`,
		plugin: `${root}dist/native/shunt-cni`,
		node: process.execPath,
		modules: root,
	};
}

/** A program that will be put into an image. One for another architecture would only be found out when it is run. */
export function readProgram(path: string, { architecture }: Target): Buffer {
	const data = readFileSync(path);
	const found = readElf(data)?.architecture;
	if (found !== architecture) {
		throw new Error(`${path} is not a program for ${architecture} (it is for ${found ?? "something else"})`);
	}
	return data;
}
