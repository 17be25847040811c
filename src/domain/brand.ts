declare const brand: unique symbol;

/** A primitive that only its own parser can make: a `Port` is a number, but a number is not a `Port`. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
