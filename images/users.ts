import { type FileTree, file } from "./file-tree.ts";

/** Kubernetes' idea of somebody without rights, and Linkerd's user for its init container. */
export const nobody = 65_534;

/** The user that the injector gives to the proxy, as in Linkerd. */
export const proxyUser = 2102;

/** `root` and `nobody` are expected everywhere, for example by tools that print a file's owner. */
export const users: FileTree = new Map([
	[
		"/etc/passwd",
		file(
			lines("root:x:0:0::/:", `nobody:x:${nobody}:${nobody}::/:`, `shunt:x:${proxyUser}:${proxyUser}::/:`),
		),
	],
	["/etc/group", file(lines("root:x:0:", `nogroup:x:${nobody}:`, `shunt:x:${proxyUser}:`))],
]);

function lines(...texts: readonly string[]): string {
	return texts.map((text) => `${text}\n`).join("");
}
