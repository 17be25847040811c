import { parseStamp } from "../../../src/policy/pod-policy-stamp.ts";
import type { RedirectPolicy } from "../../../src/policy/redirect-policy.ts";

/** What the injector leaves on a pod. */
export const standardStamp = JSON.stringify({
	families: ["ipv4"],
	inbound: { proxyPort: 4143, portsToIgnore: ["4190", "4191"] },
	outbound: { proxyPort: 4140, proxyUid: 2102 },
});

export function parsePolicy(stamp: string): RedirectPolicy {
	const parsed = parseStamp(stamp, "the test");
	if (!parsed.ok) {
		throw new Error(JSON.stringify(parsed.problems));
	}
	return parsed.value;
}
