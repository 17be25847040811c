import type { Command } from "commander";
import {
	type Chart,
	effectiveValues,
	type PlainMap,
	type PlainValue,
	type RenderedChart,
} from "../../chart/index.ts";
import { StrictCommand } from "../../command/strict-command.ts";
import type { ExitCode } from "../../domain/exit-code.ts";
import { harmless } from "../../domain/harmless.ts";
import { readingProblem } from "../../host/node-text.ts";
import type { Cluster } from "../../kube/cluster.ts";
import {
	certificateSource,
	givenCertificate,
	knownSecret,
	knownWebhook,
} from "../chart/certificate-source.ts";
import { isMap, overlay, valueAt } from "../chart/plain-maps.ts";
import { injectorHost } from "../chart/store.ts";
import { newStore } from "../chart/stored-release.ts";
import { checkCertificateSecret } from "../install/certificate-secret.ts";
import {
	badInput,
	connect,
	deliver,
	patiently,
	Refusal,
	required,
	settle,
	unconnected,
} from "../install/outcome.ts";
import {
	addReleaseFlags,
	checkVersion,
	printRelease,
	type ReleaseFlags,
	type Request,
	readRequest,
	render,
	withNamespaceOf,
} from "../install/read-request.ts";
import { processIo, type ReleaseIo } from "../io.ts";
import { chooseCertificate } from "./choose-certificate.ts";
import { type Installed, readInstalled } from "./installed-in-manifests.ts";
import { describeUpgrade, isReinjecting } from "./list-changes.ts";

/** `shunt upgrade`. The exit status goes to `finish`, since only an entry point may end the process. */
export function upgradeCommand(finish: (status: ExitCode) => void, io: ReleaseIo = processIo): Command {
	const command = new StrictCommand("upgrade").description(
		"print the manifests that change an installed Shunt: its version, its values, its mode",
	);
	addReleaseFlags(command)
		.option("--reset-values", "begin with the chart's defaults, not with the values that are stored")
		.option("--rotate-certs", "make the injector's certificate anew, however long it is still valid")
		.option(
			"--from-manifests <file>",
			"read what is installed from manifests (- is standard input), ask no cluster",
		)
		.addHelpText("after", examples);
	return command.action(async (flags: UpgradeFlags) => finish(await runUpgrade(flags, io, command.program)));
}

const examples = `
The values that the release was installed with are stored in the cluster and stay, whatever the defaults have become;
what is given here comes over them, null (--set key=null) takes a value away, and keys that are new have their defaults.
What changes is said on standard error, and how many workloads it reaches when they restart. The certificate stays until
it is about to expire.

Examples:
  # To this program's version, nothing else
  shunt upgrade | kubectl apply -f -

  # Another mode for every workload, as each restarts
  shunt upgrade --set proxyInit.iptablesMode=nft | kubectl apply -f -

  # Without a cluster
  kubectl get -n shunt configmap/shunt-config secret/shunt-injector-tls -o yaml >installed.yaml
  shunt upgrade --from-manifests installed.yaml --set proxyInit.iptablesMode=auto >shunt.yaml

Exit status: 0 done, 1 nothing is installed or the cluster says no, 64 bad input, 77 not permitted.`;

interface UpgradeFlags extends ReleaseFlags {
	readonly fromManifests?: string;
	readonly resetValues?: true;
	readonly rotateCerts?: true;
}

/** Reads what is installed, renders it anew with what is given, says what changes, and only then prints. */
function runUpgrade(flags: UpgradeFlags, io: ReleaseIo, program: string): Promise<ExitCode> {
	return settle(io, program, async () => {
		const request = await readRequest(flags, io);
		const cluster =
			flags.fromManifests === undefined ? required(await connect(flags, io), noCluster) : unconnected(flags);
		const { rendered, lines } =
			cluster === undefined
				? await plan(flags, request, { installed: readManifests(flags, request, io), now: io.now })
				: await patiently(cluster, io, () => planInCluster(cluster, flags, request, io));
		const told = [...rendered.warnings.map((warning) => `warning: ${warning}`), ...lines];
		io.stderr(told.map((line) => `${harmless(line)}\n`).join(""));
		return deliver(io, printRelease(rendered));
	});
}

const noCluster =
	"no kubeconfig found, so what is installed is not known\nsay --kubeconfig, or --from-manifests with the release's ConfigMap and Secret";

function readManifests(flags: UpgradeFlags, { namespace }: Request, io: ReleaseIo): Installed {
	const path = flags.fromManifests ?? "";
	const source = path === "-" ? "standard input" : path;
	if (path === "-" && flags.values?.includes("-")) {
		throw badInput([{ source: "-", complaint: "is given twice", accepted: "standard input once" }]);
	}
	try {
		const text = path === "-" ? io.stdin() : io.readFile(path);
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
	{ now }: ReleaseIo,
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
	const use = { host: injectorHost(namespace), now: now() };
	const { keep, note } = chooseCertificate(source, secret, { rotate: rotateCerts === true, ...use });
	const webhook = source.source === "generated" ? await installed.webhook() : undefined;
	const known = [
		...(keep && secret !== undefined ? [knownSecret(source.secretName, namespace, secret)] : []),
		...(webhook === undefined ? [] : [knownWebhook(webhook)]),
	];
	const { kubeVersion } = installed;
	const version = kubeVersion === undefined ? {} : { kubeVersion };
	// What the release has already is not refused, but warned of: the upgrade does not make it worse.
	const isGiven = valueAt(given, ["injector", "tls"]) !== undefined;
	const certificate = isGiven ? givenCertificate(chart, values, known) : {};
	const rendered = render({ chart, values, namespace, known, isUpgrade: true, now, ...version }, certificate);
	checkCertificateSecret(rendered, { name: source.secretName, namespace, secret });
	const changes = describeUpgrade(installed.store, newStore(rendered));
	return { rendered, lines: [...changes, ...(note === undefined ? [] : [note])] };
}

/**
 * The values of the new release: what is stored stays, so that a changed default changes nothing that runs; what is
 * given comes over it; keys that the stored release did not know get the chart's defaults.
 */
function carryOver(chart: Chart, stored: PlainMap, given: PlainMap): PlainMap {
	return withoutIdleNulls(overlay(stored, given), effectiveValues(chart, {}));
}

/** A null takes a default away; where there is none (any more) it would only be a value that no schema expects. */
function withoutIdleNulls(values: PlainMap, defaults: PlainMap, above: readonly string[] = []): PlainMap {
	return Object.fromEntries(
		Object.entries(values).flatMap(([key, value]): [string, PlainValue][] => {
			const path = [...above, key];
			const byDefault = valueAt(defaults, path) ?? null;
			if (value === null && byDefault === null) {
				return [];
			}
			return [[key, isMap(value) ? withoutIdleNulls(value, defaults, path) : value]];
		}),
	);
}
