import { fields } from "./fields.ts";

/**
 * Flags that say the same thing under several names: Linkerd's proxy-init has one, the annotations and `shunt inject`
 * have another, and `shunt proxy` may have a third. Each program lists one of them in its help and takes them all.
 */
const sameThing: ReadonlyMap<string, readonly string[]> = new Map(
	fields.flatMap(({ key, field }) => {
		const names = [...new Set([field.flag, key, ...(field.alsoCalled ?? [])])];
		return names.map((name): [string, readonly string[]] => [name, names]);
	}),
);

/** Every name of what has this one, which is among them. */
export function otherNamesOf(name: string): readonly string[] {
	return sameThing.get(name) ?? [name];
}
