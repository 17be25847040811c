import type { RenderedChart } from "../../chart/index.ts";
import { type ExitCode, exitCodes } from "../../domain/exit-code.ts";
import { harmless } from "../../domain/harmless.ts";
import { readingProblem } from "../../host/node-text.ts";
import type { Cluster } from "../../kube/cluster.ts";
import { connectCluster } from "../../kube/connect-cluster.ts";
import { certificateSource, givenCertificate, knownSecret } from "../chart/certificate-source.ts";
import { valueAt } from "../chart/plain-maps.ts";
import { newStore } from "../chart/stored-release.ts";
import type { ReleaseWorld } from "../cluster/release-world.ts";
import { sayWhenSlow } from "../cluster/say-when-slow.ts";
import { checkVersion } from "../install/check-version.ts";
import { withNamespaceOf } from "../install/namespace-value.ts";
import { badInput, deliver, Refusal, settle } from "../install/outcome.ts";
import { printRelease, type Request, readRequest, render } from "../install/read-request.ts";
import type { ReleaseFlags } from "../install/release-flags.ts";
import { carryOver } from "./carry-over.ts";
import { chooseCertificate } from "./choose-certificate.ts";
import { describeUpgrade, isReinjecting } from "./describe-upgrade.ts";
import type { Installed } from "./installed.ts";
import { readInstalled } from "./installed-in-manifests.ts";

export interface UpgradeFlags extends ReleaseFlags {
	readonly fromManifests?: string;
	readonly resetValues?: true;
	readonly rotateCerts?: true;
}

/** Reads what is installed, renders it anew with what is given, says what changes, and only then prints. */
export function runUpgrade(flags: UpgradeFlags, world: ReleaseWorld, program: string): Promise<ExitCode> {
	return settle(world, program, async () => {
		const request = await readRequest(flags, world);
		const cluster = flags.fromManifests === undefined ? await connect(flags, world) : undefined;
		const { rendered, lines } =
			cluster === undefined
				? await plan(flags, request, { installed: readManifests(flags, request, world), now: world.now })
				: await sayWhenSlow(cluster, world, () => planInCluster(cluster, flags, request, world));
		const told = [...rendered.warnings.map((warning) => `warning: ${warning}`), ...lines];
		world.stderr(told.map((line) => `${harmless(line)}\n`).join(""));
		return deliver(world, printRelease(rendered));
	});
}

async function connect(flags: UpgradeFlags, world: ReleaseWorld): Promise<Cluster> {
	const cluster = await connectCluster(flags, world.env);
	if (!cluster.ok) {
		throw badInput(cluster.problems);
	}
	if (cluster.value === undefined) {
		throw new Refusal(
			exitCodes.failed,
			"no kubeconfig found, so what is installed is not known\nsay --kubeconfig, or --from-manifests with the release's ConfigMap and Secret",
		);
	}
	return cluster.value;
}

function readManifests(flags: UpgradeFlags, { namespace }: Request, world: ReleaseWorld): Installed {
	const path = flags.fromManifests ?? "";
	const source = path === "-" ? "standard input" : path;
	if (path === "-" && flags.values?.includes("-")) {
		throw badInput([{ source: "-", complaint: "is given twice", accepted: "standard input once" }]);
	}
	try {
		const text = path === "-" ? world.stdin() : world.readFile(path);
		return readInstalled(text, source, namespace, flags.resetValues === true);
	} catch (error) {
		if (error instanceof Refusal) {
			throw error;
		}
		const problem = readingProblem(source, error, "a file of manifests, or -");
		throw badInput([{ ...problem, source: "--from-manifests", value: path }]);
	}
}

/** The new release, and what it changes, for the user. */
interface Plan {
	readonly rendered: RenderedChart;
	readonly lines: readonly string[];
}

async function planInCluster(
	cluster: Cluster,
	flags: UpgradeFlags,
	request: Request,
	{ now }: ReleaseWorld,
): Promise<Plan> {
	const { checkUpgrade, readCluster } = await import("./upgrade-in-cluster.ts");
	const installed = await readCluster(cluster, request, flags);
	const { rendered, lines } = await plan(flags, request, { installed, now });
	checkVersion(rendered, installed.kubeVersion ?? "");
	const reinjects = isReinjecting(installed.store, newStore(rendered));
	const effects = await checkUpgrade(cluster, { rendered, namespace: request.namespace, reinjects });
	return { rendered, lines: [...lines, ...effects] };
}

async function plan(
	{ resetValues, rotateCerts }: UpgradeFlags,
	{ chart, given, namespace }: Request,
	{ installed, now }: { readonly installed: Installed; readonly now: () => number },
): Promise<Plan> {
	const stored = resetValues === true ? undefined : installed.store?.values;
	const carried = stored === undefined ? given : carryOver(chart, stored, given);
	const values = withNamespaceOf(installed.namespaceOwner ?? "unknown", chart, carried);
	const source = certificateSource(chart, values);
	const secret = source.source === "cert-manager" ? undefined : await installed.secret(source.secretName);
	const { keep, note } = chooseCertificate(source, secret, { rotate: rotateCerts === true, now: now() });
	const known = keep && secret !== undefined ? [knownSecret(source.secretName, namespace, secret)] : [];
	const { kubeVersion } = installed;
	const version = kubeVersion === undefined ? {} : { kubeVersion };
	// What the release has already is not refused, but warned of: the upgrade does not make it worse.
	const isGiven = valueAt(given, ["injector", "tls"]) !== undefined;
	const certificate = isGiven ? givenCertificate(chart, values, known) : {};
	const rendered = render({ chart, values, namespace, known, isUpgrade: true, now, ...version }, certificate);
	const changes = describeUpgrade(installed.store, newStore(rendered));
	return { rendered, lines: [...changes, ...(note === undefined ? [] : [note])] };
}
