// Loaded into a program that is measured: for how long its event loop was held up at most, and how much of that this thread was
// working itself. SIGUSR2 has it write both, in milliseconds, to the file that LOOP_HOLDS names, and begin anew.
import { readFileSync, renameSync, writeFileSync } from "node:fs";

const periodMs = 5;
/** schedstat begins with the nanoseconds for which the thread has run. */
const ranMs = () => Number(readFileSync("/proc/thread-self/schedstat", "latin1").split(" ")[0]) / 1e6;

let [lastAt, lastRan] = [performance.now(), ranMs()];
let most = { heldMs: 0, ranMs: 0 };

setInterval(() => {
	const [at, ran] = [performance.now(), ranMs()];
	most = {
		heldMs: Math.max(most.heldMs, at - lastAt - periodMs),
		ranMs: Math.max(most.ranMs, ran - lastRan),
	};
	[lastAt, lastRan] = [at, ran];
}, periodMs).unref();

process.on("SIGUSR2", () => {
	const path = process.env["LOOP_HOLDS"];
	writeFileSync(`${path}.new`, JSON.stringify(most));
	renameSync(`${path}.new`, path);
	most = { heldMs: 0, ranMs: 0 };
});
