import { eventually } from "../cri/eventually.ts";
import type { Launched } from "../cri/pod.ts";
import type { TrafficActor } from "../traffic-actor.ts";
import type { ProbeSpec } from "./pod-spec.ts";

interface From {
	readonly ip: string;
	/** A kubelet probes from the machine that the pod is on. */
	readonly machine: TrafficActor;
}

/** Asks a container until it says yes. A kubelet would ask less often, and restart the container in the end. */
export async function untilProbeSucceeds(container: Launched, probe: ProbeSpec, from: From): Promise<void> {
	let last = "";
	await eventually(`a probe of ${container.name}`, async () => {
		const died = await container.ended();
		if (died !== undefined) {
			throw new Error(`${container.name} has ended with ${died.exitCode}`);
		}
		last = await complaintOf(container, probe, from);
		return last === "" ? true : undefined;
	}).catch((error: unknown) => {
		throw new Error(`${String(error)} (${last}):\n${container.log().join("\n")}`);
	});
}

/** Empty where the container is well. */
async function complaintOf(
	container: Launched,
	{ httpGet, exec }: ProbeSpec,
	{ ip, machine }: From,
): Promise<string> {
	if (httpGet !== undefined) {
		const { status } = await machine.get(`http://${ip}:${httpGet.port}${httpGet.path}`);
		return status >= 200 && status < 400 ? "" : `${httpGet.path}: status ${status}`;
	}
	return container.exec(...(exec?.command ?? [])).then(
		() => "",
		(error: unknown) => String(error),
	);
}
