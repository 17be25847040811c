import { once } from "node:events";
import type { Contender } from "./contenders.ts";
import { podAddress, script, type World } from "./world.ts";

export const heldConnections = 5000;

/** Resident megabytes of a fresh proxy: with nothing to do, and while so many connections are open and quiet. */
export interface Memory {
	readonly idle: number;
	readonly holding: number;
}

export async function measureMemory(world: World, { id, holdPort }: Contender): Promise<Memory> {
	await world.restart(id);
	const idle = world.usage(id)?.residentMegabytes ?? Number.NaN;
	const holder = world.startClient(
		...script("hold.ts"),
		"open",
		podAddress,
		`${holdPort}`,
		`${heldConnections}`,
	);
	if (holder.stdout !== null) {
		await once(holder.stdout, "data");
	}
	const holding = world.usage(id)?.residentMegabytes ?? Number.NaN;
	holder.stdin?.end();
	await once(holder, "close");
	return { idle, holding };
}
