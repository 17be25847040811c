import type { CheckRequest } from "./check.ts";

/** In the order in which they are made and printed, and what each is made for. */
export const categoryNames = [
	{ name: "kubernetes-api", when: undefined },
	{ name: "kubernetes-version", when: undefined },
	{ name: "pre-installation", when: "with --pre" },
	{ name: "cni", when: "without --pre" },
	{ name: "configuration", when: "without --pre" },
	{ name: "injector", when: "without --pre" },
	{ name: "certificates", when: "without --pre" },
	{ name: "webhook", when: "without --pre" },
	{ name: "control-plane", when: "without --pre" },
	{ name: "data-plane", when: "with --proxy" },
	{ name: "nodes", when: "with --probe-nodes" },
] as const;

export type CategoryName = (typeof categoryNames)[number]["name"];

/** Whatever was asked for in which order. */
export function wantedCategories({ pre, proxy, probeNodes }: CheckRequest): CategoryName[] {
	const isTrue = {
		"with --pre": pre,
		"without --pre": !pre,
		"with --proxy": proxy && !pre,
		"with --probe-nodes": probeNodes,
	};
	return categoryNames.flatMap(({ name, when }) => (when === undefined || isTrue[when] ? [name] : []));
}
