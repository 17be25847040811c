export function wantsHelp(argv: readonly string[]): boolean {
	return argv.includes("--help") || argv.includes("-h");
}

/** Whether a program that is not a command of another one is asked which version it is, and nothing else. */
export function wantsVersion(program: string, argv: readonly string[]): boolean {
	const [word = "", ...rest] = argv;
	return isOnItsOwn(program) && rest.length === 0 && (word === "--version" || word === "-V");
}

/** As `proxy-init`, where `shunt init` is a command of a program that has a version. */
export function isOnItsOwn(program: string): boolean {
	return !program.includes(" ");
}
