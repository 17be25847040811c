import { type Chart, formatRelease, type PlainMap, type RenderedChart } from "../../chart/index.ts";
import { type CertificateParts, certificateProblems } from "../chart/certificate-problems.ts";
import { openChart, type ReleaseRequest, renderRelease } from "../chart/render-release.ts";
import { injectorName } from "../chart/store.ts";
import { readGivenValues, type ValueFlags } from "../chart/value-flags.ts";
import { parseNamespace } from "../cluster/cluster-flags.ts";
import type { ReleaseWorld } from "../cluster/release-world.ts";
import { badInput, badValues } from "./outcome.ts";
import type { ReleaseFlags } from "./release-flags.ts";

/** What is asked for, before any cluster is. */
export interface Request {
	readonly chart: Chart;
	/** The user's values, without the chart's. */
	readonly given: PlainMap;
	readonly namespace: string;
}

/** Throws a Refusal for everything that is wrong with it. */
export function readRequest(
	flags: ValueFlags & Pick<ReleaseFlags, "namespace" | "ha">,
	world: ReleaseWorld,
): Request {
	const namespace = parseNamespace(flags.namespace);
	if (!namespace.ok) {
		throw badInput(namespace.problems);
	}
	const folder = world.chart();
	const chart = openChart(folder);
	if (!chart.ok) {
		throw badValues(chart.problem);
	}
	const given = readGivenValues(flags, world, flags.ha === true ? [`${folder}/values-ha.yaml`] : []);
	if (!given.ok) {
		throw badValues(given.problem);
	}
	return { chart: chart.value, given: given.value, namespace: namespace.value };
}

/** Renders, or throws a Refusal with the chart's reason and what is wrong with the certificate. */
export function render(request: ReleaseRequest, certificate: CertificateParts = {}): RenderedChart {
	const rendered = renderRelease(request);
	const host = `${injectorName}.${request.namespace}.svc`;
	const problems = certificateProblems(certificate, { host, now: request.now() });
	if (!rendered.ok) {
		throw badValues(rendered.problem, problems);
	}
	if (problems.length > 0) {
		throw badInput(problems);
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
