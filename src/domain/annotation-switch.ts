import { fail, ok, type Result } from "./problem.ts";

/** `true` and `false` as Linkerd writes them, `enabled` and `disabled` as the inject annotation does. */
export function parseSwitch(text: string, source: string): Result<boolean> {
	if (text === "true" || text === "enabled") {
		return ok(true);
	}
	if (text === "false" || text === "disabled") {
		return ok(false);
	}
	return fail({
		source,
		value: text,
		complaint: "is neither on nor off",
		accepted: "true or false (also enabled or disabled)",
	});
}
