/** What the reference program did with some arguments in a fresh network namespace. */
export interface RecordedCase {
	readonly args: readonly string[];
	/** The dialect whose tables were read afterwards. */
	readonly mode: "legacy" | "nft";
	readonly exit: number;
	/** Its line of complaint, or empty. */
	readonly error: string;
	/** The nat table as `iptables-save` prints it, without comment lines and counters. */
	readonly ipv4: readonly string[];
	readonly ipv6: readonly string[];
}

/** One case per line. */
export function parseCases(text: string): RecordedCase[] {
	return text
		.split("\n")
		.filter((line) => line !== "")
		.map((line) => JSON.parse(line));
}

/** In the spelling of the vectors that came with the project (a blank behind each comma and colon), so that diffs are small. */
export function formatCase(recorded: RecordedCase): string {
	const { args, mode, exit, error, ipv4, ipv6 } = recorded;
	const fields = Object.entries({ args, mode, exit, error, ipv4, ipv6 });
	return `{${fields.map(([key, value]) => `"${key}": ${formatValue(value)}`).join(", ")}}`;
}

function formatValue(value: string | number | readonly string[]): string {
	return Array.isArray(value)
		? `[${value.map((item) => formatText(item)).join(", ")}]`
		: formatText(value as string | number);
}

/** Other programs' JSON escapes everything beyond ASCII, which keeps the file readable in any terminal. */
function formatText(value: string | number): string {
	return JSON.stringify(value).replace(
		/[\u007f-\uffff]/g,
		(unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
	);
}
