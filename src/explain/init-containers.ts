import { err, ok, type Problem, type Result } from "../domain/problem.ts";
import { get, isArray, type JsonObject, objectAt, objectsAt, textAt } from "../inject/json.ts";
import { containerNames } from "../inject/names.ts";

/** An init container that programs redirect rules, and how. */
export interface InitContainer {
	readonly name: string;
	readonly program: InitProgram;
}

export type InitProgram =
	/** Ours, or Linkerd's, whose flags ours takes. */
	| { readonly kind: "flags"; readonly argv: readonly string[] }
	/** One whose arguments are not ours to read: a clause says so. */
	| { readonly kind: "foreign"; readonly why: string };

/** Container names that their injectors give, and the programs' own. */
const names: ReadonlySet<string> = new Set([containerNames.init, "linkerd-init"]);
const programs: ReadonlySet<string> = new Set(["proxy-init", "linkerd2-proxy-init", "shunt-init", "shunt"]);
const shells: ReadonlySet<string> = new Set(["sh", "bash", "ash", "dash"]);

const strangers: Readonly<Record<string, string>> = {
	"istio-init": "Istio",
	"kuma-init": "Kuma",
	"consul-connect-inject-init": "Consul",
};

/** Those that program redirect rules, in the order in which they run. */
export function initContainersOf(pod: JsonObject): Result<readonly InitContainer[]> {
	const problems: Problem[] = [];
	const found = objectsAt(objectAt(pod, "spec"), "initContainers").flatMap((container): InitContainer[] => {
		const name = textAt(container, "name") ?? "unnamed";
		const stranger = Object.hasOwn(strangers, name) ? strangers[name] : undefined;
		if (stranger !== undefined) {
			const why = `${stranger}'s init container ${name} makes the rules, and only the running pod can tell them (shunt explain --pid)`;
			return [{ name, program: { kind: "foreign", why } }];
		}
		const words = all(container, name, problems);
		return isOurs(container, name, words) ? [{ name, program: programOf(name, words) }] : [];
	});
	return problems.length > 0 ? err(...problems) : ok(found);
}

function all(container: JsonObject, name: string, problems: Problem[]): string[] {
	return ["command", "args"].flatMap((key) => {
		const value = get(container, key) ?? [];
		if (isArray(value) && value.every((word) => typeof word === "string")) {
			return value.filter((word) => typeof word === "string");
		}
		problems.push({
			source: `init container ${name}: ${key}`,
			value: JSON.stringify(value).slice(0, 80),
			complaint: "has the wrong form",
			accepted: "a list of texts",
		});
		return [];
	});
}

/** By its name, by the program that it runs, or by an image made for nothing else. */
function isOurs(container: JsonObject, name: string, words: readonly string[]): boolean {
	const program = baseName(words[0] ?? "");
	const image = (textAt(container, "image") ?? "").replace(/@.*$/, "").replace(/:[^/:]*$/, "");
	const runsInit = program === "shunt" ? words[1] === "init" : programs.has(program);
	return names.has(name) || runsInit || /(?:^|\/)(?:linkerd\/proxy-init|shunt\/shunt-init)$/.test(image);
}

function programOf(name: string, words: readonly string[]): InitProgram {
	const [first = "", ...rest] = words;
	if (shells.has(baseName(first))) {
		return { kind: "foreign", why: `init container ${name} runs a shell script, which is not read` };
	}
	const after = first.startsWith("-") || first === "init" ? words : rest;
	return { kind: "flags", argv: after[0] === "init" ? after.slice(1) : after };
}

function baseName(path: string): string {
	return path.slice(path.lastIndexOf("/") + 1);
}
