import type { Configuration, Plugin } from "./configuration-file.ts";
import { type PluginEntry, pluginName } from "./plugin-entry.ts";
import { sameJson } from "./same-json.ts";

/**
 * Edits of a list's text that leave every other byte as it was: keys that nobody here knows, numbers of any size, how
 * it is indented, and above all its `cniVersion`. Each takes a configuration of kind "list".
 */

/** The list with the entry as its last plugin and nowhere else; the same text where it is so already. */
export function withEntry(list: Configuration, entry: PluginEntry): string {
	const own = list.plugins.filter(isOurs);
	const last = list.plugins.at(-1);
	if (last !== undefined && own.length === 1 && own[0] === last) {
		return sameJson(last.value, entry)
			? list.text
			: splice(list.text, last.span, written(entry, indentOf(list.text, last)));
	}
	const { text, plugins } = without(list, isOurs);
	const end = plugins.at(-1);
	if (end === undefined) {
		return list.text;
	}
	const indent = indentOf(text, end);
	return splice(
		text,
		{ start: end.span.end, end: end.span.end },
		`,${indent || " "}${written(entry, indent)}`,
	);
}

/** The list without our entry, as it was before {@link withEntry}. */
export function withoutEntry(list: Configuration): string {
	return without(list, isOurs).text;
}

/** The list without all plugins of a type. */
export function withoutType(list: Configuration, type: string): Configuration {
	return { ...list, ...without(list, (plugin) => plugin.type === type) };
}

export function isOurs({ type }: Pick<Plugin, "type">): boolean {
	return type === pluginName;
}

/**
 * A single plugin's file as the list that runtimes make of it (ConfListFromConf in libcni/conf.go), with the entry
 * behind. The plugin keeps its text.
 */
export function listOfSingle(single: Configuration, entry: PluginEntry): string {
	const { name, version, text, plugins } = single;
	const [plugin] = plugins;
	const own = plugin === undefined ? text : text.slice(plugin.span.start, plugin.span.end);
	return [
		"{",
		...(version === undefined ? [] : [`  "cniVersion": ${JSON.stringify(version)},`]),
		`  "name": ${JSON.stringify(name)},`,
		'  "plugins": [',
		`    ${own},`,
		`    ${written(entry, "\n    ")}`,
		"  ]",
		"}",
		"",
	].join("\n");
}

interface Cut {
	readonly text: string;
	readonly plugins: readonly Plugin[];
}

/** Cuts plugins out from behind, each with the comma that sets it apart. */
function without({ text, plugins }: Cut, isOut: (plugin: Plugin) => boolean): Cut {
	const index = plugins.findLastIndex(isOut);
	const plugin = plugins[index];
	if (plugin === undefined) {
		return { text, plugins };
	}
	const [before, after] = [plugins[index - 1], plugins[index + 1]];
	const span = {
		start: before?.span.end ?? plugin.span.start,
		end: before === undefined ? (after?.span.start ?? plugin.span.end) : plugin.span.end,
	};
	const shift = span.end - span.start;
	const rest = [
		...plugins.slice(0, index),
		...plugins.slice(index + 1).map((later) => ({ ...later, span: moved(later.span, shift) })),
	];
	return without({ text: splice(text, span, ""), plugins: rest }, isOut);
}

function moved({ start, end }: Plugin["span"], shift: number): Plugin["span"] {
	return { start: start - shift, end: end - shift };
}

function splice(text: string, { start, end }: Plugin["span"], by: string): string {
	return text.slice(0, start) + by + text.slice(end);
}

/** The line break and blanks in front of a plugin; empty where the list stands in one line. */
function indentOf(text: string, { span }: Plugin): string {
	const [indent = ""] = /\r?\n[ \t]*$/.exec(text.slice(0, span.start)) ?? [];
	return indent;
}

function written(entry: PluginEntry, indent: string): string {
	return indent === "" ? JSON.stringify(entry) : JSON.stringify(entry, null, 2).replaceAll("\n", indent);
}
