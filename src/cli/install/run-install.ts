import type { RenderedChart } from "../../chart/index.ts";
import { type ExitCode, exitCodes } from "../../domain/exit-code.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Cluster } from "../../kube/cluster.ts";
import { ClusterError } from "../../kube/cluster-error.ts";
import { connectCluster } from "../../kube/connect-cluster.ts";
import { certificateSource, givenCertificate } from "../chart/certificate-source.ts";
import type { ReleaseWorld } from "../cluster/release-world.ts";
import { sayWhenSlow } from "../cluster/say-when-slow.ts";
import { badInput, deliver, Refusal, settle } from "./outcome.ts";
import { printRelease, type Request, readRequest, render } from "./read-request.ts";
import type { ReleaseFlags } from "./release-flags.ts";

export interface InstallFlags extends ReleaseFlags {
	readonly ignoreCluster?: true;
}

/** Renders, asks the cluster whether that would go well, and only then prints. */
export function runInstall(flags: InstallFlags, world: ReleaseWorld, program: string): Promise<ExitCode> {
	return settle(world, program, async () => {
		const request = await readRequest(flags, world);
		const cluster = flags.ignoreCluster === true ? undefined : await connect(flags, world);
		const rendered =
			cluster === undefined
				? renderAlone(request, world)
				: await sayWhenSlow(cluster, world, () => preflight(cluster, request, world));
		for (const warning of rendered.warnings) {
			world.stderr(`warning: ${harmless(warning)}\n`);
		}
		return deliver(world, printRelease(rendered));
	});
}

/** Whatever has no certificate of its own yet gets one, which nobody can remember here. */
function renderAlone({ chart, given, namespace }: Request, { now, stderr }: ReleaseWorld): RenderedChart {
	const certificate = givenCertificate(chart, given, []);
	const rendered = render({ chart, values: given, namespace, now }, certificate);
	if (certificateSource(chart, given).source === "generated") {
		stderr(
			"the injector's certificate is made anew each time that no cluster is asked: to keep one, see injector.tls.source\n",
		);
	}
	return rendered;
}

async function connect(flags: InstallFlags, world: ReleaseWorld): Promise<Cluster | undefined> {
	const cluster = await connectCluster(flags, world.env);
	if (!cluster.ok) {
		throw badInput(cluster.problems);
	}
	if (cluster.value === undefined) {
		world.stderr("no kubeconfig found: nothing is checked against a cluster\n");
	}
	return cluster.value;
}

async function preflight(cluster: Cluster, request: Request, world: ReleaseWorld): Promise<RenderedChart> {
	const { renderFor, checkInstallable } = await import("./preflight.ts");
	try {
		const { rendered, notes } = await renderFor(cluster, request, world.now);
		const further = await checkInstallable(cluster, rendered, request.namespace);
		world.stderr([...notes, ...further].map((note) => `${harmless(note)}\n`).join(""));
		return rendered;
	} catch (error) {
		throw error instanceof ClusterError && error.code !== "forbidden" ? withWayOut(error) : error;
	}
}

function withWayOut(error: ClusterError): Refusal {
	const status = error.code === "unauthorized" ? exitCodes.notPermitted : exitCodes.failed;
	return new Refusal(status, `${error.message}\n--ignore-cluster renders without asking the cluster`);
}
