import { describe, expect, it } from "vitest";
import { type ChartPort, loadChart, renderChart } from "../../../src/chart/index.ts";
import { release } from "../support/helm.ts";
import { textsOf } from "../support/ours.ts";
import { chartFiles, tlsGiven } from "./support/chart-files.ts";
import { connected } from "./support/rendered.ts";

function complaintFor(kubeVersion: string, nativeSidecar: boolean, port: ChartPort): string | undefined {
	const chart = loadChart(textsOf(chartFiles));
	if (!chart.ok) {
		throw new Error(chart.problem.message);
	}
	const values = { proxy: { nativeSidecar }, injector: { tls: tlsGiven } };
	const capabilities = { kubeVersion };
	const result = renderChart(chart.value, values, release, capabilities, port);
	return result.ok ? undefined : result.problem.message;
}

function familyComplaint(disableIPv6: boolean, port: ChartPort): string | undefined {
	const chart = loadChart(textsOf(chartFiles));
	if (!chart.ok) {
		throw new Error(chart.problem.message);
	}
	const values = { disableIPv6, injector: { tls: tlsGiven } };
	const result = renderChart(chart.value, values, release, { kubeVersion: "v1.35.4" }, port);
	return result.ok ? undefined : result.problem.message;
}

describe("the address family that pods have first", () => {
	const clusterOf = (...ipFamilies: string[]): ChartPort => ({
		lookup: ({ kind, name }) =>
			kind === "Namespace"
				? { kind }
				: kind === "Service" && name === "kubernetes"
					? { kind, spec: { ipFamilies } }
					: undefined,
	});

	it("may not be left out", () => {
		expect(familyComplaint(true, clusterOf("IPv6"))).toBe(
			'disableIPv6: "true" would leave out the address family that this cluster\'s pods have first (want false)',
		);
		expect(familyComplaint(false, clusterOf("IPv6"))).toBeUndefined();
		expect(familyComplaint(true, clusterOf("IPv4"))).toBeUndefined();
		expect(familyComplaint(true, connected)).toBeUndefined();
	});
});

describe("native sidecars", () => {
	it("are refused by a chart that knows its cluster to be too old for them", () => {
		expect(complaintFor("v1.28.9", true, connected)).toBe(
			'proxy.nativeSidecar: "true" needs Kubernetes 1.29, and this is v1.28.9 (want false)',
		);
		expect(complaintFor("v1.28.9", false, connected)).toBeUndefined();
		expect(complaintFor("v1.29.0", true, connected)).toBeUndefined();
	});

	it("are taken where no cluster is asked, whose version Helm would only guess", () => {
		expect(complaintFor("v1.20.0", true, {})).toBeUndefined();
	});
});
