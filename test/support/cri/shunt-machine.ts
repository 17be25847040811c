import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../images/target.ts";
import { type Machine, type PodNetworking, startMachine } from "./machine.ts";
import { pauseArchive, pauseImage } from "./pause-image.ts";

const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));

/** As images/build.ts names it. */
export function imageReference(name: ImageName): string {
	return `docker.io/shunt/${name}:${version}`;
}

export type ImageName = "shunt-init" | "shunt-init-tools" | "shunt";

/** A machine that has these images of ours and, as no registry can be reached, the one for sandboxes. */
export function startShuntMachine(...names: readonly ImageName[]): Promise<Machine> {
	return startShuntMachineOn(undefined, ...names);
}

/** The same, with other plugins for pods' networks than the bridge alone. */
export async function startShuntMachineOn(
	network: PodNetworking | undefined,
	...asked: readonly ImageName[]
): Promise<Machine> {
	// Whoever looks at rules, and what tools do, has them from there (containers.ts).
	const names = asked.flatMap((name) =>
		name === "shunt-init" ? [name, "shunt-init-tools" as const] : [name],
	);
	const archives = names.map(archiveOf);
	const machine = await startMachine(pauseImage, network);
	try {
		const pause = join(machine.folder, "pause.tar");
		writeFileSync(pause, await pauseArchive());
		await machine.importImage(pause, pauseImage);
		for (const [index, name] of names.entries()) {
			await machine.importImage(archives[index] ?? "", imageReference(name));
		}
	} catch (error) {
		await machine.remove();
		throw error;
	}
	return machine;
}

function archiveOf(name: ImageName): string {
	const archive = `${root}dist/images/${name}.tar`;
	if (!existsSync(archive)) {
		throw new Error(`${archive} is not there: run "make images" first`);
	}
	return archive;
}
