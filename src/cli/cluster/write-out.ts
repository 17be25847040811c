import type { Writable } from "node:stream";

/**
 * Writes, and waits until it is written, since the process ends by `exit`. Resolves to the error of a reader that went
 * away or a disk that is full, which would otherwise end the program with a stack trace.
 */
export function writeOut(stream: Writable, text: string): Promise<Error | undefined> {
	return new Promise((resolve) => {
		stream.on("error", resolve);
		stream.write(text, (error) => {
			// An error comes as an event too, a tick later: the listener has to be there still.
			if (!error) {
				stream.off("error", resolve);
			}
			resolve(error ?? undefined);
		});
	});
}
