/** A part of what rules do, told without a packet. Plain data for the terminal, JSON and the page. */
export interface Section {
	readonly title: string;
	/** A sentence over the rows, where there is one to say. */
	readonly lead?: string;
	readonly rows: readonly Row[];
}

export interface Row {
	/** Which connections: "to port 3306". */
	readonly what: string;
	/** What becomes of them. */
	readonly outcome: string;
	/** Who asked for it, or why it is there. */
	readonly origin: string;
}
