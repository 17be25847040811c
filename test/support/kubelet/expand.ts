/**
 * `$(NAME)` in commands and arguments, as Kubernetes expands it: with the container's own variables, untouched where
 * there is none of that name, and `$$(NAME)` for the thing itself.
 */
export function expand(text: string, variables: ReadonlyMap<string, string>): string {
	return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name?: string) =>
		whole === "$$" ? "$" : (variables.get(name ?? "") ?? whole),
	);
}
