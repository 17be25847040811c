import type { Command } from "commander";
import type { RenderedChart } from "../../chart/index.ts";
import { StrictCommand } from "../../command/strict-command.ts";
import { type ExitCode, exitCodes } from "../../domain/exit-code.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Cluster } from "../../kube/cluster.ts";
import { ClusterError } from "../../kube/cluster-error.ts";
import { certificateSource, givenCertificate } from "../chart/certificate-source.ts";
import { processIo, type ReleaseIo } from "../io.ts";
import { connect, deliver, patiently, Refusal, settle, unconnected } from "./outcome.ts";
import {
	addReleaseFlags,
	printRelease,
	type ReleaseFlags,
	type Request,
	readRequest,
	render,
} from "./read-request.ts";

/** `shunt install`. The exit status goes to `finish`, since only an entry point may end the process. */
export function installCommand(finish: (status: ExitCode) => void, io: ReleaseIo = processIo): Command {
	const command = new StrictCommand("install").description("print the manifests that put Shunt on a cluster");
	addReleaseFlags(command)
		.option("--ignore-cluster", "ask no cluster, not even where a kubeconfig names one")
		.addHelpText("after", examples);
	return command.action(async (flags: InstallFlags) => finish(await runInstall(flags, io, command.program)));
}

const examples = `
The manifests are those of the chart charts/shunt, which Helm installs just as well; its values.yaml says what can be
set. Before they are printed the cluster is asked whether they could be applied: whether it has the kinds, whether you
may create them, and whether Shunt is there already. Nothing is printed when anything is wrong. A namespace that somebody
else made is neither labelled nor part of the release.

The injector's certificate is kept where the cluster has one. Where no cluster is asked it is made anew each time: for a
repository, use cert-manager's or one of your own (injector.tls in values.yaml).

Examples:
  # On the cluster that kubectl talks to, in the mode of its nodes
  shunt install --set proxyInit.iptablesMode=nft | kubectl apply -f -

  # Three replicas, with values from files
  shunt install --ha -f values.yaml | kubectl apply -f -

  # Into a repository, for whatever cluster
  shunt install --ignore-cluster --set injector.tls.source=cert-manager >shunt.yaml

Exit status: 0 done, 1 the cluster says no, 64 bad input, 77 not permitted.`;

interface InstallFlags extends ReleaseFlags {
	readonly ignoreCluster?: true;
}

/** Renders, asks the cluster whether that would go well, and only then prints. */
function runInstall(flags: InstallFlags, io: ReleaseIo, program: string): Promise<ExitCode> {
	return settle(io, program, async () => {
		const request = await readRequest(flags, io);
		const isAlone = flags.ignoreCluster === true;
		const cluster = isAlone ? unconnected(flags) : await connect(flags, io);
		if (cluster === undefined && !isAlone) {
			io.stderr("no kubeconfig found: nothing is checked against a cluster\n");
		}
		const rendered =
			cluster === undefined
				? renderAlone(request, io)
				: await patiently(cluster, io, () => preflight(cluster, request, io));
		for (const warning of rendered.warnings) {
			io.stderr(`warning: ${harmless(warning)}\n`);
		}
		return deliver(io, printRelease(rendered));
	});
}

/** Whatever has no certificate of its own yet gets one, which nobody can remember here. */
function renderAlone({ chart, given, namespace }: Request, { now, stderr }: ReleaseIo): RenderedChart {
	const certificate = givenCertificate(chart, given, []);
	const rendered = render({ chart, values: given, namespace, now }, certificate);
	if (certificateSource(chart, given).source === "generated") {
		stderr(
			"the injector's certificate is made anew each time that no cluster is asked: to keep one, see injector.tls.source\n",
		);
	}
	return rendered;
}

async function preflight(cluster: Cluster, request: Request, io: ReleaseIo): Promise<RenderedChart> {
	const { renderFor, checkInstallable } = await import("./preflight.ts");
	try {
		const { rendered, notes } = await renderFor(cluster, request, io.now);
		const further = await checkInstallable(cluster, rendered, request.namespace);
		io.stderr([...notes, ...further].map((note) => `${harmless(note)}\n`).join(""));
		return rendered;
	} catch (error) {
		throw error instanceof ClusterError && error.code !== "forbidden" ? withWayOut(error) : error;
	}
}

function withWayOut(error: ClusterError): Refusal {
	const status = error.code === "unauthorized" ? exitCodes.notPermitted : exitCodes.failed;
	return new Refusal(status, `${error.message}\n--ignore-cluster renders without asking the cluster`);
}
