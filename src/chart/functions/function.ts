import type { GoMap, Value } from "../go/value.ts";

/**
 * The types that a function's parameters have in Go. They decide what a template may pass: a `string` takes no number
 * and no nil, `any` (`interface{}`) takes everything and sees nothing as null.
 */
export type ParameterType = "string" | "int" | "bool" | "any" | "dict" | "list";

interface ArgumentTypes {
	string: string;
	int: number;
	bool: boolean;
	any: Value;
	/** `map[string]interface{}` */
	dict: GoMap;
	/** `[]interface{}` */
	list: Value[];
}

type Arguments<P extends readonly ParameterType[]> = { [I in keyof P]: ArgumentTypes[P[I]] };

/** A function that templates can call. Its arguments have been checked against its parameters. */
export interface GoFunction {
	readonly parameters: readonly ParameterType[];
	/** The type of the `...` parameter, where there is one. */
	readonly rest: ParameterType | undefined;
	readonly call: (args: readonly never[]) => Value;
}

/** A function with a fixed number of parameters. */
export function fixed<const P extends readonly ParameterType[]>(
	parameters: P,
	body: (...args: Arguments<P>) => Value,
): GoFunction {
	return { parameters, rest: undefined, call: (args) => body(...(args as unknown as Arguments<P>)) };
}

/** A function whose last parameter takes any number of arguments; the body gets them as one array. */
export function variadic<const P extends readonly ParameterType[], R extends ParameterType>(
	parameters: P,
	rest: R,
	body: (...args: [...Arguments<P>, ArgumentTypes[R][]]) => Value,
): GoFunction {
	const count = parameters.length;
	return {
		parameters,
		rest,
		call: (args) =>
			body(
				...([...args.slice(0, count), args.slice(count)] as unknown as [...Arguments<P>, ArgumentTypes[R][]]),
			),
	};
}

export type FunctionTable = Readonly<Record<string, GoFunction>>;
