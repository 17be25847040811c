import { GoObject } from "../go/value.ts";
import { satisfies } from "../go/version.ts";
import { ChartError } from "../result.ts";

/** The cluster that is rendered for. */
export interface Capabilities {
	/** Such as `v1.34.1`. */
	readonly kubeVersion: string;
}

/** `.Capabilities`, of which our charts ask for the version alone. */
export function capabilitiesObject({ kubeVersion }: Capabilities): GoObject {
	const version = fullVersion(kubeVersion);
	const [major = "", minor = ""] = version.slice(1).split(".");
	return new GoObject("*common.Capabilities", {
		KubeVersion: new GoObject(
			"common.KubeVersion",
			{ Version: version, Major: major, Minor: minor },
			{ text: version },
		),
	});
}

/** At least two numbers; what follows them is dropped, as by `helm template --kube-version`. */
function fullVersion(text: string): string {
	const numbers = /^\s*v?(\d+(?:\.\d+)+)/.exec(text)?.[1]?.split(".").map(Number);
	if (numbers === undefined) {
		throw new ChartError({ message: `invalid Kubernetes version "${text}"` });
	}
	return `v${numbers.join(".")}`;
}

/** Fails where the chart does not run on that Kubernetes. */
export function checkKubeVersion(wanted: string, { kubeVersion }: Capabilities): void {
	const full = fullVersion(kubeVersion);
	if (wanted !== "" && satisfies(full, wanted) !== true) {
		throw new ChartError({
			message: `chart requires kubeVersion: ${wanted} which is incompatible with Kubernetes ${full}`,
			file: "Chart.yaml",
		});
	}
}
