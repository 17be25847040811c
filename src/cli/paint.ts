import { wantsColours } from "../command/colours.ts";

/** Colours for terminals; for anything else every paint leaves its text alone. */
export interface Paints {
	readonly good: Paint;
	readonly doubtful: Paint;
	readonly bad: Paint;
	readonly strong: Paint;
	readonly faint: Paint;
}

export type Paint = (text: string) => string;

export function createPaints(isColourful: boolean): Paints {
	const paint = (code: number): Paint =>
		isColourful ? (text) => `\u001b[${code}m${text}\u001b[0m` : (text) => text;
	return { good: paint(32), doubtful: paint(33), bad: paint(31), strong: paint(1), faint: paint(2) };
}

export function wantsColour(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
	return wantsColours({ isTerminal: () => isTerminal, env: (name) => env[name] });
}
