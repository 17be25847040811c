/** What came of one check. Only a failure makes the whole fail. */
export type Outcome =
	| {
			readonly kind: "ok";
			readonly note?: string;
			readonly details?: readonly string[];
			readonly data?: unknown;
	  }
	| Shortcoming
	| { readonly kind: "skipped"; readonly reason: string };

/** Something to tell, with what it is about line by line. */
export interface Shortcoming {
	readonly kind: "warning" | "failed";
	readonly message: string;
	readonly details?: readonly string[];
	/** For programs. */
	readonly data?: unknown;
}

export const passed: Outcome = { kind: "ok" };

export function passedWith(note: string): Outcome {
	return { kind: "ok", note };
}

export function failed(message: string, details: readonly string[] = []): Outcome {
	return { kind: "failed", message, details };
}

export function warning(message: string, details: readonly string[] = []): Outcome {
	return { kind: "warning", message, details };
}

export function skipped(reason: string): Outcome {
	return { kind: "skipped", reason };
}

/** As long a list as a person reads; JSON has all of it. */
export function listed(lines: readonly string[], most = 20): string[] {
	return lines.length <= most
		? [...lines]
		: [...lines.slice(0, most), `and ${lines.length - most} more (-o json lists them all)`];
}
