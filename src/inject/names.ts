/** What we call what we add to a pod. Uninjection finds it by these names. */
export const containerNames = {
	init: "shunt-init",
	validator: "shunt-network-validator",
	proxy: "shunt-proxy",
} as const;

export const ownContainers: readonly string[] = Object.values(containerNames);

/** Default of `proxyInit.xtMountPath.name`. */
export const xtablesVolume = "shunt-init-xtables-lock";

/** In every image of ours. */
export const shuntProgram = "/usr/bin/shunt";

export const imageNames = {
	/** The native program alone. */
	init: "shunt/shunt-init",
	/** The same, and the tools of every dialect. */
	initTools: "shunt/shunt-init-tools",
	/** The proxy and the validator. */
	shunt: "shunt/shunt",
} as const;
