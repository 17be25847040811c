import type { ImportArrow, Sources } from "./import-graph.ts";
import type { Room, Table } from "./may-import.ts";

/** Where the table is, for who has to change it. */
const tableFile = "test/repository/may-import.ts";

/** What is wrong with the imports among the sources, one sentence each, with file, line, import and what to do. */
export function wallComplaints(sources: Sources, arrows: readonly ImportArrow[], table: Table): string[] {
	return [
		...unknownFolders(sources, table),
		...arrows.flatMap((arrow) => arrowComplaint(arrow, sources, table)),
		...tableComplaints(arrows, sources, table),
	];
}

/** The row that a file belongs to: its own, or its folder's. */
export function roomOf(file: string, table: Table): string {
	return file in table ? file : file.slice(0, file.lastIndexOf("/"));
}

function unknownFolders(sources: Sources, table: Table): string[] {
	const rooms = new Map([...sources.keys()].map((file) => [roomOf(file, table), file]));
	return [...rooms]
		.filter(([room]) => !(room in table))
		.map(
			([room, file]) =>
				`${file}: its folder ${room} is in no row of ${tableFile}: add one, with its ring and what it may import`,
		);
}

function arrowComplaint(arrow: ImportArrow, sources: Sources, table: Table): string[] {
	const name = roomOf(arrow.from, table);
	const room = table[name];
	const target = sources.has(arrow.to) ? roomOf(arrow.to, table) : arrow.to;
	if (room === undefined || target === name || !(sources.has(arrow.to) || isOutside(arrow))) {
		// Of a file that does not exist the compiler speaks.
		return [];
	}
	if (room.imports.includes(target) || (isPackage(arrow) && room.ring >= 3)) {
		return [];
	}
	const { from, line, specifier } = arrow;
	return [
		`${from}:${line}: imports "${specifier}", which ${name} may not: ${advice(arrow, target, room, table)}`,
	];
}

function isPackage({ specifier }: ImportArrow): boolean {
	return !specifier.startsWith(".") && specifier !== "(computed)";
}

/** Not of the source: packages, what is computed, and files of tests and scripts. */
function isOutside({ to }: ImportArrow): boolean {
	return !to.startsWith("src/");
}

function advice(arrow: ImportArrow, target: string, { ring }: Room, table: Table): string {
	const other = table[target];
	if (arrow.specifier === "(computed)") {
		return "write the path out, so that it can be judged";
	}
	if (isPackage(arrow)) {
		return arrow.specifier.startsWith("node:")
			? `ring ${ring} runs without a platform: reach the outside world through the Host port, src/host/host.ts`
			: `ring ${ring} runs without packages but those that its row in ${tableFile} names, with a line in docs/dependencies.md`;
	}
	if (other === undefined) {
		return "the source imports nothing from outside src";
	}
	if (other.ring === 4) {
		return "main is wiring, and nothing imports it: move what is needed to the room that it is about";
	}
	if (other.ring > ring) {
		return target === "src/host"
			? "take a Host as a parameter, whose type is in src/host/host.ts, never an implementation of it"
			: `it is of ring ${other.ring}, and this of ring ${ring}: move what both need down, or take it as a parameter`;
	}
	return `if the two belong together, add ${target} to its row in ${tableFile}, else move what both need to a lower ring`;
}

/** A table that allows what a ring may not, or what nobody does, is a table that nobody can trust. */
function tableComplaints(arrows: readonly ImportArrow[], sources: Sources, table: Table): string[] {
	const used = new Set(
		arrows.map(({ from, to }) => `${roomOf(from, table)} ${sources.has(to) ? roomOf(to, table) : to}`),
	);
	const settled = new Set([...sources.keys()].map((file) => roomOf(file, table)));
	return Object.entries(table).flatMap(([name, { ring, imports }]) => [
		...(settled.has(name) ? [] : [`${tableFile}: ${name} has a row and no source: remove the row`]),
		...imports.flatMap((other) => {
			const otherRing = table[other]?.ring ?? 0;
			if (otherRing > ring) {
				return [`${tableFile}: ${name} is of ring ${ring} and may not import ${other}, of ring ${otherRing}`];
			}
			return used.has(`${name} ${other}`) || !settled.has(name)
				? []
				: [`${tableFile}: ${name} imports nothing from ${other} any more: take that from its row`];
		}),
	]);
}

/** A circle of imports, by its files in order of their names, and how one comes round. */
export interface Circle {
	readonly files: readonly string[];
	readonly text: string;
}

/** Every group of files of which each leads to each, by whatever kind of import. */
export function findCircles(sources: Sources, all: readonly ImportArrow[]): Circle[] {
	const arrows = new Map([...sources.keys()].map((file): [string, ImportArrow[]] => [file, []]));
	for (const arrow of all) {
		arrows.get(arrow.from)?.push(arrow);
	}
	return groups([...sources.keys()], (file) => (arrows.get(file) ?? []).map(({ to }) => to))
		.map((group) => ({ files: group.sort(), round: wayRound(group, arrows) }))
		.filter(({ round }) => round.length > 0)
		.map(({ files, round }) => ({
			files,
			text: `${round.map(({ from, line }) => `${from}:${line}`).join(" → ")} → ${round[0]?.from}: a circle of imports: move what two of them need into one file that imports neither`,
		}));
}

/** Strongly connected components, after Tarjan (https://en.wikipedia.org/wiki/Tarjan's_strongly_connected_components_algorithm). */
function groups(files: readonly string[], next: (file: string) => readonly string[]): string[][] {
	const order = new Map<string, number>();
	const lowest = new Map<string, number>();
	const stack: string[] = [];
	const found: string[][] = [];
	const known = new Set(files);
	const lower = (file: string, to = 0) => lowest.set(file, Math.min(lowest.get(file) ?? to, to));
	const visit = (file: string) => {
		order.set(file, order.size);
		lower(file, order.get(file));
		stack.push(file);
		for (const other of next(file).filter((one) => known.has(one))) {
			if (!order.has(other)) {
				visit(other);
				lower(file, lowest.get(other));
			} else if (stack.includes(other)) {
				lower(file, order.get(other));
			}
		}
		if (lowest.get(file) === order.get(file)) {
			found.push(stack.splice(stack.indexOf(file)));
		}
	};
	for (const file of files) {
		if (!order.has(file)) {
			visit(file);
		}
	}
	return found;
}

/** The shortest way from a group's first file back to itself; none where the group is a file that leads nowhere. */
function wayRound(
	group: readonly string[],
	arrows: ReadonlyMap<string, readonly ImportArrow[]>,
): ImportArrow[] {
	const [start = ""] = group;
	const ways: ImportArrow[][] = [[]];
	const seen = new Set<string>();
	for (const way of ways) {
		const from = way.at(-1)?.to ?? start;
		for (const arrow of arrows.get(from) ?? []) {
			if (arrow.to === start) {
				return [...way, arrow];
			}
			if (group.includes(arrow.to) && !seen.has(arrow.to)) {
				seen.add(arrow.to);
				ways.push([...way, arrow]);
			}
		}
	}
	return [];
}
