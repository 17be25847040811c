import type { InjectConfig } from "../../inject/config.ts";
import type { Inquiry } from "./check.ts";
import { type Outcome, skipped } from "./outcome.ts";

/** For a check that is about a release's configuration; without one there is nothing to compare with. */
export async function withConfig(
	inquiry: Inquiry,
	check: (config: InjectConfig) => Outcome | Promise<Outcome>,
): Promise<Outcome> {
	const reading = await inquiry.release.config();
	return reading.kind === "read"
		? check(reading.value)
		: skipped("the release's configuration cannot be read");
}
