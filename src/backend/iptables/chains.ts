import type { Hook } from "../../plan/plan.ts";

/**
 * How our chains are called in the nat table and how they are reached: the reference program's names, which
 * scripts, documentation and its own re-run look for.
 */
export interface ChainNames {
	readonly builtIn: "PREROUTING" | "OUTPUT";
	readonly own: string;
	readonly jumpComment: string;
}

export const chainNames: Record<Hook, ChainNames> = {
	prerouting: {
		builtIn: "PREROUTING",
		own: "PROXY_INIT_REDIRECT",
		jumpComment: "proxy-init/install-proxy-init-prerouting",
	},
	output: {
		builtIn: "OUTPUT",
		own: "PROXY_INIT_OUTPUT",
		jumpComment: "proxy-init/install-proxy-init-output",
	},
};

export const hooks: readonly Hook[] = ["prerouting", "output"];

/** The rule that leads a hook's traffic into our chain, as iptables-save prints it behind the chain's name. */
export function jumpSpec(hook: Hook): string {
	const { own, jumpComment } = chainNames[hook];
	return `-m comment --comment "${jumpComment}" -j ${own}`;
}

export function hookOfOwnChain(name: string): Hook | undefined {
	return hooks.find((hook) => chainNames[hook].own === name);
}
