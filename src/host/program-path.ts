/**
 * Where to look when the environment has no `PATH` at all, as in some runtimes' init containers. The iptables family
 * lives in the sbin folders, which execvp(3)'s own default leaves out.
 */
export const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * The first executable of that name on `path`. Empty and relative entries, which POSIX reads as "where I am now",
 * are passed over: a program that changes firewalls does not run what happens to lie in a working directory.
 */
export function findOnPath(
	program: string,
	path: string | undefined,
	isExecutable: (candidate: string) => boolean,
): string | undefined {
	if (program.includes("/")) {
		return program.startsWith("/") && isExecutable(program) ? program : undefined;
	}
	const folders = program === "" ? [] : (path ?? defaultPath).split(":");
	for (const folder of folders) {
		const candidate = folder.endsWith("/") ? folder + program : `${folder}/${program}`;
		if (folder.startsWith("/") && isExecutable(candidate)) {
			return candidate;
		}
	}
	return undefined;
}
