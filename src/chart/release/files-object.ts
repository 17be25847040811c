import { fixed, type GoFunction } from "../functions/function.ts";
import { basePath } from "../functions/paths.ts";
import { base64Encode } from "../go/base64.ts";
import { utf8Encode } from "../go/utf8.ts";
import { GoBytes, GoMap, strings, type Value } from "../go/value.ts";
import { writeYaml } from "../yaml/write-yaml.ts";
import { compileGlob } from "./glob.ts";

/** `.Files`: what a chart carries besides templates and values. A map of bytes with methods. */
export function filesObject(files: ReadonlyMap<string, string>): GoMap {
	const methods: Record<string, GoFunction> = {
		Get: fixed(["string"], (path) => files.get(path) ?? ""),
		GetBytes: fixed(["string"], (path) => new GoBytes(files.get(path) ?? "")),
		Glob: fixed(["string"], (pattern) => glob(files, pattern)),
		Lines: fixed(["string"], (path) => strings(linesOf(files.get(path) ?? ""))),
		AsConfig: fixed([], () => asYaml(files, (text) => text)),
		AsSecrets: fixed([], () => asYaml(files, (text) => base64Encode(utf8Encode(text)))),
	};
	return new GoMap(
		[...files].map(([path, text]) => [path, new GoBytes(text)]),
		"[]uint8",
		{ name: "engine.files", methods: new Map(Object.entries(methods)) },
	);
}

function glob(files: ReadonlyMap<string, string>, pattern: string): GoMap {
	const expression = compileGlob(pattern);
	return filesObject(new Map([...files].filter(([path]) => expression.test(path))));
}

/** The line feed at the end begins no further line. */
function linesOf(text: string): string[] {
	return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

/** A ConfigMap's or a Secret's `data`, keyed by the files' own names. */
function asYaml(files: ReadonlyMap<string, string>, encode: (text: string) => string): string {
	const entries = [...files].map(([path, text]): [string, Value] => [basePath(path), encode(text)]);
	return writeYaml(new GoMap(entries, "string")).replace(/\n$/, "");
}
