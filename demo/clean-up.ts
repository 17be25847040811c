/**
 * What has to be undone, last thing first. All of it is synchronous, so that it can also be done in a signal's
 * handler, in the middle of anything.
 */
export class CleanUp {
	readonly #undo: (() => void)[] = [];

	add(undo: () => void): void {
		this.#undo.push(undo);
	}

	/** Each step once, however often this is called; one that fails does not keep the others from being done. */
	run(): void {
		for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) {
			try {
				undo();
			} catch (error) {
				process.stderr.write(`demo: while cleaning up: ${error instanceof Error ? error.message : error}\n`);
			}
		}
	}

	/** However the process ends, short of SIGKILL: at a signal, by an error that nobody caught, or all by itself. */
	runAtTheEnd(): void {
		process.on("exit", () => this.run());
		for (const [signal, number] of signals) {
			process.on(signal, () => {
				process.stderr.write(`demo: ${signal}, cleaning up\n`);
				process.exit(128 + number);
			});
		}
	}
}

/** With the numbers that shells add to 128 for the exit status. */
const signals = [
	["SIGHUP", 1],
	["SIGINT", 2],
	["SIGTERM", 15],
] as const;
