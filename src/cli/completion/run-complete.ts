import { complete, formatCompletion } from "./complete.ts";
import { shapeOfProgram } from "./shape-of-program.ts";

/** `shunt __complete WORDS…`, which the shells' scripts and kubectl ask. */
export async function completionOf(words: readonly string[]): Promise<string> {
	const [command = ""] = words.length > 1 ? words : [];
	return formatCompletion(complete(await shapeOfProgram(command), words.map(unquoted)));
}

/** How PowerShell's script has to say an empty word. */
function unquoted(word: string): string {
	return word === '""' ? "" : word;
}
