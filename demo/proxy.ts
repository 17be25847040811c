import { setTimeout as sleep } from "node:timers/promises";
import type { CleanUp } from "./clean-up.ts";
import { ConnectionFailed, type Inhabitant } from "./inhabitants.ts";
import { type Counts, parseCounts } from "./observation.ts";
import { failureOf, startProcess } from "./process.ts";
import { shunt } from "./shunt.ts";
import { proxy } from "./world.ts";

const admin = `http://127.0.0.1:${proxy.adminPort}`;

/** Starts `shunt proxy` beside the application and waits until it says that it is ready. */
export async function startProxy(cleanUp: CleanUp, neighbour: Inhabitant): Promise<void> {
	const child = startProcess(cleanUp, {
		place: "application",
		uid: proxy.uid,
		argv: [
			shunt,
			"proxy",
			...["--inbound-port", `${proxy.inboundPort}`],
			...["--outbound-port", `${proxy.outboundPort}`],
			...["--admin-port", `${proxy.adminPort}`],
		],
	});
	const failure = failureOf(child, "shunt proxy");
	failure.catch(() => undefined);
	await Promise.race([becomeReady(neighbour), failure]);
}

/** The proxy's admin port is for its own pod, so one who lives there has to ask. */
export async function readCounts(neighbour: Inhabitant): Promise<Counts> {
	const { body } = await neighbour.fetch(`${admin}/metrics`).catch((error: Error) => {
		throw new Error(`shunt proxy does not answer any more: ${error.message}`);
	});
	return parseCounts(body);
}

async function becomeReady(neighbour: Inhabitant): Promise<void> {
	for (const deadline = performance.now() + 10_000; performance.now() < deadline; await sleep(30)) {
		if (await isReady(neighbour)) {
			return;
		}
	}
	throw new Error("shunt proxy was not ready after 10 s");
}

async function isReady(neighbour: Inhabitant): Promise<boolean> {
	try {
		return (await neighbour.fetch(`${admin}/ready`)).status === 200;
	} catch (error) {
		if (error instanceof ConnectionFailed) {
			return false;
		}
		throw error;
	}
}
