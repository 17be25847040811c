import { formatRelease, type RenderedChart } from "../../chart/index.ts";
import { type ExitCode, exitCodes } from "../../domain/exit-code.ts";
import { openChart, type ReleaseRequest, renderRelease } from "../chart/render-release.ts";
import { readGivenValues } from "../chart/value-flags.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { ClusterError } from "../cluster/cluster-error.ts";
import { connectCluster } from "../cluster/connect-cluster.ts";
import type { ReleaseWorld } from "../cluster/release-world.ts";
import { badInput, badValues, deliver, Refusal, settle } from "./outcome.ts";
import { parseNamespace, type ReleaseFlags } from "./release-flags.ts";

export interface InstallFlags extends ReleaseFlags {
	readonly ignoreCluster?: true;
}

/** Renders, asks the cluster whether that would go well, and only then prints. */
export function runInstall(flags: InstallFlags, world: ReleaseWorld): Promise<ExitCode> {
	return settle(world, async () => {
		const request = readRequest(flags, world);
		const offline = render(request);
		const cluster = flags.ignoreCluster === true ? undefined : await connect(flags, world);
		const rendered = cluster === undefined ? offline : await preflight(cluster, request, world);
		for (const warning of rendered.warnings) {
			world.stderr(`warning: ${warning}\n`);
		}
		return deliver(world, formatRelease(rendered));
	});
}

function readRequest(flags: InstallFlags, world: ReleaseWorld): ReleaseRequest {
	const namespace = parseNamespace(flags.namespace);
	if (!namespace.ok) {
		throw badInput(namespace.problems);
	}
	const folder = world.chart();
	const chart = openChart(folder);
	if (!chart.ok) {
		throw badValues(chart.problem);
	}
	const values = readGivenValues(flags, world, flags.ha === true ? [`${folder}/values-ha.yaml`] : []);
	if (!values.ok) {
		throw badValues(values.problem);
	}
	return { chart: chart.value, values: values.value, namespace: namespace.value, now: world.now };
}

function render(request: ReleaseRequest): RenderedChart {
	const rendered = renderRelease(request);
	if (!rendered.ok) {
		throw badValues(rendered.problem);
	}
	return rendered.value;
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

async function preflight(
	cluster: Cluster,
	request: ReleaseRequest,
	world: ReleaseWorld,
): Promise<RenderedChart> {
	const { askVersion, checkInstallable } = await import("./preflight.ts");
	try {
		const kubeVersion = await askVersion(cluster);
		const rendered = render({ ...request, kubeVersion });
		const notes = await checkInstallable(cluster, rendered, request.namespace);
		world.stderr(notes.map((note) => `${note}\n`).join(""));
		return rendered;
	} catch (error) {
		throw error instanceof ClusterError && error.code !== "forbidden" ? withWayOut(error) : error;
	}
}

function withWayOut(error: ClusterError): Refusal {
	const status = error.code === "unauthorized" ? exitCodes.notPermitted : exitCodes.failed;
	return new Refusal(status, `${error.message}\n--ignore-cluster renders without asking the cluster`);
}
