import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { envoyArchive, envoyImage } from "../cri/envoy-image.ts";
import type { PodNetworking } from "../cri/machine.ts";
import { startShuntMachineOn } from "../cri/shunt-machine.ts";
import { hasEnvoy } from "../envoy-program.ts";
import { startTrafficActor } from "../traffic-actor.ts";
import type { Node } from "./kubelet.ts";

/** What the servers outside of all pods listen on; the last one is for nobody. */
export const outsidePorts = { served: 9090, skipped: 9091, greeting: 9092 } as const;

/** A machine with our images and, where it can be had, Envoy's, and somebody on it who asks pods and whom pods ask. */
export async function startNode(network?: PodNetworking): Promise<Node & { remove(): Promise<void> }> {
	const machine = await startShuntMachineOn(network, "shunt-init", "shunt");
	try {
		if (hasEnvoy) {
			const archive = join(machine.folder, "envoy.tar");
			writeFileSync(archive, await envoyArchive());
			await machine.importImage(archive, `${envoyImage.name}:${envoyImage.version}`);
		}
		const { served, skipped, greeting } = outsidePorts;
		const actor = await startTrafficActor(machine.netns, { asked: [served, skipped], greeting });
		return {
			machine,
			actor,
			remove: async () => {
				actor.stop();
				await machine.remove();
			},
		};
	} catch (error) {
		await machine.remove();
		throw error;
	}
}
