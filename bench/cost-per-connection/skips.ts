/** What can be skipped in great number: flags with so many items that no two of them can be joined. */
export interface Skips {
	readonly what: "ports" | "subnets";
	readonly flags: (count: number) => string[];
}

export const skips: readonly Skips[] = [
	{
		what: "ports",
		flags: (count) => repeat("--outbound-ports-to-ignore", count, (index) => `${20_001 + 2 * index}`),
	},
	{
		what: "subnets",
		flags: (count) => repeat("--outbound-subnets-to-ignore", count, (index) => address(2 * index)),
	},
];

/** Several flags of a few items, since one argument ends at 128 KiB (MAX_ARG_STRLEN in linux/binfmts.h). */
function repeat(flag: string, count: number, item: (index: number) => string): string[] {
	const items = Array.from({ length: count }, (_, index) => item(index));
	const parts = Array.from({ length: Math.ceil(count / 500) }, (_, part) =>
		items.slice(500 * part, 500 * (part + 1)),
	);
	return parts.flatMap((part) => [flag, part.join(",")]);
}

/** Of 100.64.0.0/10, which no cable here uses. */
function address(index: number): string {
	return `100.${64 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}/32`;
}
