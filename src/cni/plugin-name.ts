/**
 * Whether a program that is called so, with or without its folders, is to be the plugin: libcni runs the file that the
 * entry's `type` names. Linkerd's name is for entries that are left as they are.
 */
export function isPluginName(invokedAs: string): boolean {
	const name = invokedAs.slice(invokedAs.lastIndexOf("/") + 1);
	return name === "shunt-cni" || name === "linkerd-cni";
}
