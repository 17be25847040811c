import { spawnSync } from "node:child_process";
import { toolFolderPrefix } from "./tool-folder.ts";

/** The bundle: the native program does not explain. */
const shunt = "bin/shunt";

/** `shunt explain ARGS…`, to its end; `inside` runs it in a namespace or as somebody. */
export function runExplain(args: readonly string[], inside: readonly string[] = []) {
	// As in programs.ts: who decides which tools there are asks about the tools.
	const isAboutTools = inside.some((word) => word.includes(toolFolderPrefix));
	const way = isAboutTools ? ["--transport", "tools"] : [];
	const [program = shunt, ...rest] = [...inside, shunt, "explain", ...args, ...way];
	return spawnSync(program, rest, { encoding: "utf8", timeout: 120_000 });
}

/** What is said of one packet. */
export interface Explained {
	readonly sentence: string;
	readonly fate: { readonly kind: string; readonly port?: number };
	readonly notes: readonly string[];
	readonly assumed: readonly { readonly field: string; readonly value: string; readonly because: string }[];
	readonly rules: readonly {
		readonly chain: string;
		readonly position: number;
		readonly matched: "yes" | "no" | "unknown";
		readonly decides: boolean;
		readonly rule: string;
		readonly why: string;
	}[];
}

export function explainOne(args: readonly string[], inside: readonly string[] = []): Explained {
	const { status, stdout, stderr } = runExplain([...args, "--output", "json"], inside);
	if (status !== 0) {
		throw new Error(`shunt explain ended with ${status}: ${stderr}`);
	}
	return JSON.parse(stdout).subjects[0];
}

/** Of the rules that fit, `CHAIN POSITION`. */
export function fitting({ rules }: Explained): string[] {
	return rules
		.filter(({ matched }) => matched === "yes")
		.map(({ chain, position }) => `${chain} ${position}`);
}
