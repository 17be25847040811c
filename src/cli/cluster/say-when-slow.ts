import type { Cluster } from "../../kube/cluster.ts";
import type { ReleaseWorld } from "./release-world.ts";

const patienceMs = 2000;

/** Says what is waited for, once, when a cluster takes longer than anybody would believe that nothing is wrong. */
export async function sayWhenSlow<T>(
	{ server }: Cluster,
	world: ReleaseWorld,
	work: () => Promise<T>,
): Promise<T> {
	const timer = setTimeout(() => world.stderr(`still asking ${server} …\n`), patienceMs);
	try {
		return await work();
	} finally {
		clearTimeout(timer);
	}
}
