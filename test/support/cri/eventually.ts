import { setTimeout as sleep } from "node:timers/promises";

/** Asks until there is an answer. The limit is for what hangs; nothing is measured by it. */
export async function eventually<T>(
	what: string,
	ask: () => T | undefined | Promise<T | undefined>,
	limitMs = 60_000,
): Promise<T> {
	for (const end = Date.now() + limitMs; Date.now() < end; await sleep(50)) {
		const answer = await ask();
		if (answer !== undefined) {
			return answer;
		}
	}
	throw new Error(`waited in vain for ${what}`);
}
