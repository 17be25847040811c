import {
	type Chart,
	effectiveValues,
	formatRelease,
	type PlainMap,
	type RenderedChart,
} from "../../chart/index.ts";
import type { StrictCommand } from "../../command/strict-command.ts";
import type { Family } from "../../domain/family.ts";
import { type CertificateParts, certificateProblems } from "../chart/certificate-problems.ts";
import { overlay, valueAt } from "../chart/plain-maps.ts";
import { type OpenChart, openChart, type ReleaseRequest, renderRelease } from "../chart/render-release.ts";
import { injectorHost } from "../chart/store.ts";
import { newStore } from "../chart/stored-release.ts";
import { addValueFlags, readGivenValues, type ValueFlags } from "../chart/value-flags.ts";
import { addClusterFlags, type ClusterFlags, parseNamespace } from "../cluster/cluster-flags.ts";
import type { NamespaceOwner } from "../cluster/cluster-objects.ts";
import type { ReleaseIo } from "../io.ts";
import { badInput, badValues } from "./outcome.ts";
import { requestsAboveLimits } from "./resource-values.ts";

/** What `install` and `upgrade` have in common. */
export interface ReleaseFlags extends ValueFlags, ClusterFlags {
	/** Several replicas, spread over nodes: the chart's values-ha.yaml below everything given. */
	readonly ha?: true;
}

export function addReleaseFlags(command: StrictCommand): StrictCommand {
	addValueFlags(command).option(
		"--ha",
		"highly available: the chart's values-ha.yaml, below all other values",
	);
	return addClusterFlags(command);
}

/** What is asked for, before any cluster is. */
export interface Request {
	readonly chart: OpenChart;
	/** The user's values, without the chart's. */
	readonly given: PlainMap;
	readonly namespace: string;
}

/** Throws a Refusal for everything that is wrong with it. */
export async function readRequest(
	flags: ValueFlags & Pick<ReleaseFlags, "namespace" | "ha">,
	io: ReleaseIo,
): Promise<Request> {
	const namespace = parseNamespace(flags.namespace);
	if (!namespace.ok) {
		throw badInput(namespace.problems);
	}
	const folder = io.chart();
	const chart = await openChart(folder);
	if (!chart.ok) {
		throw badValues(chart.problem);
	}
	const given = readGivenValues(flags, io, flags.ha === true ? [`${folder}/values-ha.yaml`] : []);
	if (!given.ok) {
		throw badValues(given.problem);
	}
	return { chart: chart.value, given: given.value, namespace: namespace.value };
}

/** Renders, or throws a Refusal with the chart's reason, amounts that do not go together, and what is wrong with the certificate. */
export function render(request: ReleaseRequest, certificate: CertificateParts = {}): RenderedChart {
	const rendered = renderRelease(request);
	const host = injectorHost(request.namespace);
	const problems = certificateProblems(certificate, { host, now: request.now() });
	if (!rendered.ok) {
		throw badValues(rendered.problem, problems);
	}
	const all = [...requestsAboveLimits(effectiveValues(request.chart, request.values)), ...problems];
	if (all.length > 0) {
		throw badInput(all);
	}
	return rendered.value;
}

/**
 * The text for `kubectl apply`. Without what `helm test` creates when it is asked to: applied, it would run before the
 * injector does, and a pod that has run cannot be applied in another form.
 */
export function printRelease(rendered: RenderedChart): string {
	const hooks = rendered.hooks.filter(({ hooks }) => hooks?.every((event) => event !== "test"));
	return formatRelease({ ...rendered, hooks });
}

/**
 * A namespace that somebody else made is left as it is; the release says so in its values, so that no upgrade takes it
 * over. A value that is true or false decides by itself.
 */
export function withNamespaceOf(owner: NamespaceOwner, chart: Chart, values: PlainMap): PlainMap {
	const isDecided = typeof valueAt(effectiveValues(chart, values), ["installNamespace"]) === "boolean";
	return isDecided || owner !== "others" ? values : overlay(values, { installNamespace: false });
}

/** Refuses to leave out the family by which kubelets would probe every pod. */
export function checkFamilies(rendered: RenderedChart, first: Family | undefined): void {
	if (first === "ipv6" && valueAt(newStore(rendered).values, ["disableIPv6"]) === true) {
		throw badInput([
			{
				source: "disableIPv6",
				value: "true",
				complaint: "would leave out the address family that this cluster's pods have first",
				accepted: "false",
			},
		]);
	}
}

/** Where init containers that keep running came without a feature gate (KEP-753). */
const firstWithSidecars = [1, 29] as const;

/** Refuses what this version of Kubernetes would take for something else, as the chart does where Helm is connected. */
export function checkVersion(rendered: RenderedChart, kubeVersion: string): void {
	const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(kubeVersion) ?? [];
	const [wantedMajor, wantedMinor] = firstWithSidecars;
	const isOld = Number(major) < wantedMajor || (Number(major) === wantedMajor && Number(minor) < wantedMinor);
	if (isOld && valueAt(newStore(rendered).values, ["proxy", "nativeSidecar"]) === true) {
		throw badInput([
			{
				source: "proxy.nativeSidecar",
				value: "true",
				complaint: `needs Kubernetes 1.29, and this is ${kubeVersion}`,
				accepted: "false",
			},
		]);
	}
}
