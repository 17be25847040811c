import { findVersion, spokenVersions } from "../cni/spec-version.ts";
import { type Configuration, type FoundFile, parseConfiguration } from "./configuration-file.ts";
import { isOurs, listOfSingle, withEntry, withoutEntry, withoutType } from "./conflist.ts";
import { findLoaded, isConfigurationName, type Loading } from "./loaded-configuration.ts";
import { linkerdPluginName, type PluginEntry } from "./plugin-entry.ts";
import { sameJson } from "./same-json.ts";

/** A change of one file in the folder. Each is atomic, and a kill between two leaves what the next look mends. */
export type Step =
	/** `like`: whose mode and owner the file gets where it is new. */
	| { readonly do: "write"; readonly name: string; readonly text: string; readonly like: string }
	| { readonly do: "rename"; readonly name: string; readonly to: string }
	| { readonly do: "remove"; readonly name: string };

export interface FolderPlan {
	/** In this order. */
	readonly steps: readonly Step[];
	/** Why the plugin is not, or not rightly, in what the runtime loads. */
	readonly obstacles: readonly string[];
	/** The file that the entry is in once the steps are done. */
	readonly file?: string;
}

export const linkerdChoices = ["refuse", "replace"] as const;

export interface Wish extends Loading {
	readonly entry: PluginEntry;
	/** What to do about Linkerd's plugin in the same list. */
	readonly linkerdCni: (typeof linkerdChoices)[number];
}

/** Ends the name of a list that we made of a single plugin's file, which comes right behind that file's in order. */
const convertedEnding = ".shunt.conflist";
/** Ends the name of that file meanwhile. No runtime loads it. */
const savedEnding = ".shunt-saved";

/**
 * What makes the runtime load our plugin, last in its list: an edit of the list, or a list in place of the file of a
 * single plugin. The entry is taken out of every other list, where it was when that was the first.
 */
export function planInstallation(files: readonly FoundFile[], wish: Wish): FolderPlan {
	const loaded = findLoaded(files, wish);
	if ("nothing" in loaded) {
		return { steps: [], obstacles: [loaded.nothing] };
	}
	const { configuration } = loaded;
	const obstacle = obstacleIn(configuration, wish);
	if (obstacle !== undefined) {
		return { steps: [], obstacles: [obstacle] };
	}
	const file =
		configuration.kind === "single" ? `${configuration.file}${convertedEnding}` : configuration.file;
	const others = files.filter(({ name }) => name !== file);
	return { steps: [...install(configuration, wish), ...takeOut(others)], obstacles: [], file };
}

/** What takes our plugin out of every list, and puts the file of a single plugin back that we made a list of. */
export function planRemoval(files: readonly FoundFile[]): FolderPlan {
	return { steps: takeOut(files), obstacles: [] };
}

function obstacleIn({ file, version, plugins }: Configuration, { linkerdCni }: Wish): string | undefined {
	if (version === undefined || findVersion(version) === undefined) {
		const said = version === undefined ? "has no cniVersion" : `is of cniVersion ${version}`;
		return `${file} ${said}, and the plugin speaks ${spokenVersions}: it would fail at every pod`;
	}
	if (plugins.every(isOurs)) {
		return `${file} has no plugin but ours, so pods have no network`;
	}
	return linkerdCni === "refuse" && plugins.some(({ type }) => type === linkerdPluginName)
		? `${file} has ${linkerdPluginName} in it, which makes rules for the same pods: uninstall that, or let it be replaced`
		: undefined;
}

/** The single plugin's file goes last: until then the runtime loads that one, since it comes first. */
function install(configuration: Configuration, { entry, linkerdCni }: Wish): Step[] {
	const { kind, file, text } = configuration;
	if (kind === "single") {
		return [
			{
				do: "write",
				name: `${file}${convertedEnding}`,
				text: listOfSingle(configuration, entry),
				like: file,
			},
			{ do: "rename", name: file, to: `${file}${savedEnding}` },
		];
	}
	const base = linkerdCni === "replace" ? withoutType(configuration, linkerdPluginName) : configuration;
	const wanted = withEntry(base, entry);
	return wanted === text ? [] : [{ do: "write", name: file, text: wanted, like: file }];
}

function takeOut(files: readonly FoundFile[]): Step[] {
	return files
		.filter(({ name }) => isConfigurationName(name))
		.map(parseConfiguration)
		.flatMap((parsed) =>
			parsed.kind === "list" && parsed.plugins.some(isOurs) ? revert(parsed, files) : [],
		);
}

function revert(list: Configuration, files: readonly FoundFile[]): Step[] {
	const original = originalOf(list, files);
	if (original !== undefined) {
		const isThere = files.some(({ name }) => name === original);
		return [
			// The file comes first in order, so that it is loaded from the moment that it is there.
			...(isThere ? [] : [{ do: "rename", name: `${original}${savedEnding}`, to: original } as const]),
			{ do: "remove", name: list.file },
		];
	}
	return list.plugins.every(isOurs)
		? [{ do: "remove", name: list.file }]
		: [{ do: "write", name: list.file, text: withoutEntry(list), like: list.file }];
}

/** The file that a list was made of, if nobody has changed anything but our entry since. */
function originalOf(list: Configuration, files: readonly FoundFile[]): string | undefined {
	const original = list.file.endsWith(convertedEnding)
		? list.file.slice(0, -convertedEnding.length)
		: undefined;
	const kept = files.find(({ name }) => name === original || name === `${original}${savedEnding}`);
	const others = list.plugins.filter((plugin) => !isOurs(plugin));
	if (original === undefined || kept === undefined || others.length !== 1) {
		return undefined;
	}
	const single = parseConfiguration({ ...kept, name: original });
	return single.kind === "single" && sameJson(single.plugins[0]?.value, others[0]?.value)
		? original
		: undefined;
}
