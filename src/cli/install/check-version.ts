import type { RenderedChart } from "../../chart/index.ts";
import { valueAt } from "../chart/plain-maps.ts";
import { newStore } from "../chart/stored-release.ts";
import { badInput } from "./outcome.ts";

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
