import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, statSync, writeFileSync } from "node:fs";
import { nodeProgram } from "./contenders.ts";
import { asList, deployment } from "./manifests/deployments.ts";
import { formatNumber, formatTable } from "./markdown.ts";
import { findProgram } from "./programs.ts";
import { summarize } from "./statistics.ts";

const objects = 4000;

interface Task {
	readonly title: string;
	readonly args: readonly string[];
	/** Bytes that are read. */
	readonly size: number;
}

interface Sample {
	/** Milliseconds of user and system time. */
	readonly cpu: number;
	/** In megabytes of a million bytes, as all sizes here. */
	readonly peak: number;
}

/** A cluster's worth of manifests through `shunt inject`. SHUNT_BASE names bin/shunt of a build of 0d974f4 to compare with. */
export function benchManifests(folder: string, rounds: number): string {
	const tasks = prepare(folder);
	const base = process.env["SHUNT_BASE"];
	const rows = tasks.map(({ title, args, size }) => {
		const own = measure(nodeProgram, args, folder, rounds);
		const other = base === undefined ? undefined : measure(base, args, folder, rounds);
		return [
			title,
			formatNumber(size / 1e6),
			formatNumber(own.cpu / objects),
			formatNumber(own.peak),
			formatNumber(own.peak - (2 * size) / 1e6),
			...(other === undefined ? [] : [formatNumber(own.cpu / other.cpu), formatNumber(other.peak)]),
		];
	});
	const columns = ["", "MB read", "CPU ms each", "peak MB", "beyond twice what is read"];
	return [
		"## Manifests",
		`${objects} Deployments with comments, probes and texts of several lines, through the whole process, output to a file;
median of ${rounds} runs. Memory is the largest resident set.${base === undefined ? "" : " The base is the build of 0d974f4."}`,
		formatTable(
			[...columns, ...(base === undefined ? [] : ["CPU as a part of the base's", "base: peak MB"])],
			rows,
		),
	].join("\n\n");
}

function prepare(folder: string): Task[] {
	const documents = Array.from({ length: objects }, (_, index) => deployment(index));
	const many = `${folder}/many.yaml`;
	const list = `${folder}/list.yaml`;
	const separate = `${folder}/separate`;
	const injected = `${folder}/injected.yaml`;
	writeFileSync(many, documents.join("---\n"));
	writeFileSync(list, asList(documents));
	mkdirSync(separate, { recursive: true });
	for (const [index, document] of documents.entries()) {
		writeFileSync(`${separate}/${index}.yaml`, document);
	}
	run(nodeProgram, ["inject", "--manual", many], injected);
	const size = statSync(many).size;
	return [
		{ title: "`inject --manual`, one stream", args: ["inject", "--manual", many], size },
		{ title: "`inject`, one stream", args: ["inject", many], size },
		{ title: "`inject --manual`, one List", args: ["inject", "--manual", list], size: statSync(list).size },
		{ title: "`inject --manual`, a file each", args: ["inject", "--manual", separate], size },
		{ title: "`uninject`, one stream", args: ["uninject", injected], size: statSync(injected).size },
	];
}

function measure(program: string, args: readonly string[], folder: string, rounds: number): Sample {
	const samples = Array.from({ length: rounds }, () => run(program, args, `${folder}/out`));
	return {
		cpu: summarize(samples.map(({ cpu }) => cpu)).median,
		peak: summarize(samples.map(({ peak }) => peak)).median,
	};
}

function run(program: string, args: readonly string[], output: string): Sample {
	const file = openSync(output, "w");
	const argv = ["-f", "spent %U %S %M", process.execPath, program, ...args];
	const { status, stderr } = spawnSync(findProgram("time"), argv, {
		stdio: ["ignore", file, "pipe"],
		encoding: "utf8",
		timeout: 900_000,
		maxBuffer: 64 * 1024 * 1024,
	});
	closeSync(file);
	const [, user, system, kilobytes] = /spent (\S+) (\S+) (\d+)$/m.exec(stderr) ?? [];
	if (status !== 0 || kilobytes === undefined) {
		throw new Error(`${program} ${args[0]} failed: ${stderr.slice(-500)}`);
	}
	return { cpu: (Number(user) + Number(system)) * 1000, peak: (Number(kilobytes) * 1024) / 1e6 };
}
