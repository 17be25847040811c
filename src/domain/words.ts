import { err, ok, type Result } from "./problem.ts";

export type Parse<T> = (text: string, source: string) => Result<T>;

/** One of a few words. */
export function parseChoice<T extends string>(choices: readonly T[], complaint = "is not known"): Parse<T> {
	const accepted = `one of ${choices.join(", ")}`;
	return (text, source) => {
		const choice = choices.find((candidate) => candidate === text);
		return choice === undefined ? err({ source, value: text, complaint, accepted }) : ok(choice);
	};
}

/** A text of a certain form, kept as it is. */
export function parseForm(form: RegExp, complaint: string, accepted: string): Parse<string> {
	return (text, source) => (form.test(text) ? ok(text) : err({ source, value: text, complaint, accepted }));
}
