import { parseDestination } from "../parse-destination.ts";
import { largestPort, parseSpan } from "../parse-spans.ts";
import type { Action } from "../ruleset.ts";

/** Targets after which the next rule is looked at: nothing that they do steers a packet in the nat tables. */
const passing: ReadonlySet<string> = new Set([
	"AUDIT",
	"CLASSIFY",
	"CONNMARK",
	"CONNSECMARK",
	"LOG",
	"MARK",
	"NFLOG",
	"RATEEST",
	"SECMARK",
	"SET",
	"TRACE",
]);

/** Reads `-j TARGET …` or `-g CHAIN`, split into words; nothing at all is a rule that only counts. */
export function parseTarget(words: readonly string[], isChain: (name: string) => boolean): Action {
	const [option, target, ...options] = words;
	if (target === undefined) {
		return { kind: "continue" };
	}
	if (isChain(target)) {
		return { kind: option === "-g" ? "goto" : "jump", chain: target };
	}
	return passing.has(target)
		? { kind: "continue" }
		: (knownTarget(target, options) ?? { kind: "unparsed", text: words.join(" ") });
}

function knownTarget(target: string, options: readonly string[]): Action | undefined {
	switch (target) {
		case "RETURN":
			return { kind: "return" };
		case "ACCEPT":
			return { kind: "accept" };
		case "DROP":
			return { kind: "drop" };
		case "REDIRECT":
			return redirect(withoutFlags(options));
		case "DNAT":
			return withoutFlags(options)[0] === "--to-destination" && withoutFlags(options).length === 2
				? parseDestination(withoutFlags(options)[1] ?? "")
				: undefined;
		default:
			return undefined;
	}
}

/** How one of several is picked makes no difference to which they are. */
function withoutFlags(options: readonly string[]): string[] {
	return options.filter((option) => !/^--(?:random|random-fully|persistent)$/.test(option));
}

function redirect([option, value, ...rest]: readonly string[]): Action | undefined {
	if (option === undefined) {
		return { kind: "redirect" };
	}
	const ports =
		option === "--to-ports" && rest.length === 0 ? parseSpan(value ?? "", largestPort) : undefined;
	return ports && { kind: "redirect", ports };
}
