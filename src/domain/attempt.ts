/** What is made, or undefined where making it throws: for parsers that speak by exceptions alone. */
export function attempt<T>(make: () => T): T | undefined {
	try {
		return make();
	} catch {
		return undefined;
	}
}
