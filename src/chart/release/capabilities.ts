import { fixed } from "../functions/function.ts";
import { GoObject, GoSlice, type Value } from "../go/value.ts";
import { ChartError } from "../result.ts";
import { parseConstraint, satisfies } from "../semver/constraint.ts";
import { parseVersion } from "../semver/version.ts";

/** The cluster that is rendered for. */
export interface Capabilities {
	/** Such as `v1.34.1`. */
	readonly kubeVersion: string;
	/** Such as `policy/v1` and, where the cluster was asked, `policy/v1/PodDisruptionBudget`. */
	readonly apiVersions: readonly string[];
	/** What `.Capabilities.HelmVersion.Version` answers. */
	readonly helmVersion?: string;
}

/** `.Capabilities`. */
export function capabilitiesObject({ kubeVersion, apiVersions, helmVersion = "" }: Capabilities): GoObject {
	const { full, major, minor } = parseKubeVersion(kubeVersion);
	const version = fixed([], () => full);
	return new GoObject("*chartutil.Capabilities", {
		fields: {
			KubeVersion: new GoObject("chartutil.KubeVersion", {
				fields: { Version: full, Major: major, Minor: minor },
				methods: new Map([
					["String", version],
					["GitVersion", version],
				]),
				textOfPointer: () => full,
			}),
			APIVersions: new GoSlice([...apiVersions], "string", {
				name: "chartutil.VersionSet",
				methods: new Map([["Has", fixed(["string"], (name): Value => apiVersions.includes(name))]]),
			}),
			HelmVersion: new GoObject("version.BuildInfo", {
				fields: { Version: helmVersion, GitCommit: "", GitTreeState: "", GoVersion: "" },
				json: [
					{ field: "Version", name: "version", omitEmpty: true },
					{ field: "GitCommit", name: "git_commit", omitEmpty: true },
					{ field: "GitTreeState", name: "git_tree_state", omitEmpty: true },
					{ field: "GoVersion", name: "go_version", omitEmpty: true },
				],
			}),
		},
	});
}

/** At least two numbers; what follows them is dropped, as by `helm template --kube-version`. */
function parseKubeVersion(text: string): {
	readonly full: string;
	readonly major: string;
	readonly minor: string;
} {
	const numbers = /^\s*v?(\d+(?:\.\d+)+)/.exec(text)?.[1]?.split(".").map(Number);
	if (numbers === undefined) {
		throw new ChartError({ message: `invalid Kubernetes version "${text}"` });
	}
	return { full: `v${numbers.join(".")}`, major: String(numbers[0]), minor: String(numbers[1]) };
}

/** Fails where the chart does not run on that Kubernetes. */
export function checkKubeVersion(wanted: string, { kubeVersion }: Capabilities): void {
	const { full } = parseKubeVersion(kubeVersion);
	const constraint = parseConstraint(wanted);
	const version = parseVersion(full);
	if (
		wanted !== "" &&
		(constraint === undefined || version === undefined || !satisfies(version, constraint))
	) {
		throw new ChartError({
			message: `chart requires kubeVersion: ${wanted} which is incompatible with Kubernetes ${full}`,
			file: "Chart.yaml",
		});
	}
}
