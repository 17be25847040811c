import { type FakeChain, type FakeSet, type FakeTable, setKinds } from "./memory-nft-table.ts";
import { written } from "./memory-nft-value.ts";

/** `nft -n -j list …`, as libnftables-json(5) has it: a table, its sets, its chains and then all their rules. */
export function listJson(tables: readonly FakeTable[]): string {
	const metainfo = { version: "1.0.6", release_name: "fake", json_schema_version: 1 };
	return JSON.stringify({ nftables: [{ metainfo }, ...tables.flatMap(tableEntries)] });
}

function tableEntries(table: FakeTable): unknown[] {
	const { family, name, handle, dormant } = table;
	const at = { family, table: name };
	return [
		{ table: { family, name, handle, ...(dormant ? { flags: ["dormant"] } : {}) } },
		...[...table.sets].map(([set, { handle, type, hasIntervals, spans }]) => ({
			set: {
				...at,
				name: set,
				type,
				handle,
				...(hasIntervals ? { flags: ["interval"] } : {}),
				...(spans.length === 0 ? {} : { elem: elements(type, spans).map(({ json }) => json) }),
			},
		})),
		...[...table.chains].map(([chain, { base, handle }]) => ({
			chain: { ...at, name: chain, handle, ...base },
		})),
		...[...table.chains].flatMap(([chain, { rules }]) =>
			rules.map(({ handle, comment, expr }) => ({
				rule: { ...at, chain, handle, ...(comment === undefined ? {} : { comment }), expr },
			})),
		),
	];
}

/** `nft -n -a list …`. */
export function listText(tables: readonly FakeTable[]): string {
	return tables.map(tableText).join("");
}

function tableText({ family, name, handle, dormant, comment, sets, chains }: FakeTable): string {
	const blocks = [
		...(dormant ? ["\tflags dormant\n"] : []),
		...(comment === undefined ? [] : [`\tcomment "${comment}"\n`]),
		...[...sets].map(([set, content]) => setText(set, content)),
		...[...chains].map(([chain, content]) => chainText(chain, content)),
	];
	return `table ${family} ${name} { # handle ${handle}\n${blocks.join("\n")}}\n`;
}

function setText(name: string, { handle, type, hasIntervals, spans }: FakeSet): string {
	const listed = elements(type, spans).map(({ text }) => text);
	const lines = [
		`\tset ${name} { # handle ${handle}`,
		`\t\ttype ${type}`,
		...(hasIntervals ? ["\t\tflags interval"] : []),
		...(listed.length === 0 ? [] : [`\t\telements = { ${listed.join(", ")} }`]),
		"\t}",
	];
	return `${lines.join("\n")}\n`;
}

function elements(type: FakeSet["type"], spans: FakeSet["spans"]) {
	return spans.map((span) => written(span, setKinds[type]));
}

function chainText(name: string, { handle, base, rules }: FakeChain): string {
	const lines = [
		`\tchain ${name} { # handle ${handle}`,
		...(base === undefined
			? []
			: [`\t\ttype ${base.type} hook ${base.hook} priority ${base.prio}; policy ${base.policy};`]),
		...rules.map(({ text, comment, handle }) => {
			const words = [text, ...(comment === undefined ? [] : [`comment "${comment}"`])];
			return `\t\t${words.filter((word) => word !== "").join(" ")} # handle ${handle}`;
		}),
		"\t}",
	];
	return `${lines.join("\n")}\n`;
}
