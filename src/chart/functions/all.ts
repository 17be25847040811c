import { CallError } from "../go/call-error.ts";
import { GoMap } from "../go/value.ts";
import { fromPlain } from "../plain-value.ts";
import type { ChartPort } from "../port.ts";
import { builtinFunctions } from "./builtin.ts";
import { cryptoFunctions } from "./crypto.ts";
import { dateFunctions } from "./dates.ts";
import { decimalFunctions } from "./decimals.ts";
import { dictFunctions } from "./dicts.ts";
import { encodingFunctions } from "./encoding.ts";
import { flowFunctions } from "./flow.ts";
import { type FunctionTable, fixed } from "./function.ts";
import { listFunctions } from "./lists.ts";
import { numberFunctions } from "./numbers.ts";
import { pathFunctions } from "./paths.ts";
import { randomFunctions } from "./random.ts";
import { regexpFunctions } from "./regexps.ts";
import { stringFunctions } from "./strings.ts";
import { unsupportedFunctions } from "./unsupported.ts";
import { versionFunctions } from "./versions.ts";
import { wordCaseFunctions } from "./word-case.ts";
import { wrapFunctions } from "./wrap.ts";

/** Every function that a template can call, `include` and `tpl` apart (see Engine). */
export function allFunctions(port: ChartPort): FunctionTable {
	return {
		...unsupportedFunctions,
		...builtinFunctions,
		...flowFunctions,
		...stringFunctions,
		...wordCaseFunctions,
		...wrapFunctions,
		...listFunctions,
		...dictFunctions,
		...numberFunctions,
		...decimalFunctions,
		...encodingFunctions,
		...regexpFunctions,
		...versionFunctions,
		...pathFunctions,
		...dateFunctions(port),
		...randomFunctions(port),
		...cryptoFunctions(port),
		lookup: fixed(["string", "string", "string", "string"], (apiVersion, kind, namespace, name) =>
			lookUpObject(port, { apiVersion, kind, namespace, name }),
		),
		getHostByName: fixed(["string"], () => ""),
	};
}

function lookUpObject(port: ChartPort, query: Parameters<NonNullable<ChartPort["lookup"]>>[0]): GoMap {
	const found = port.lookup?.(query);
	if (found === undefined || found === null) {
		return new GoMap();
	}
	const object = fromPlain(found);
	if (!(object instanceof GoMap)) {
		throw new CallError(`lookup of ${query.kind} ${query.name} found something that is no object`);
	}
	return object;
}
