import { CallError } from "../go/call-error.ts";
import { type FunctionTable, type GoFunction, variadic } from "./function.ts";

/**
 * What Helm has and this renderer does not. A chart may name these as long as it does not call them, which charts with
 * many options do; the error says that it is us who cannot, not the chart's author who cannot spell.
 */
const names =
	"ago b32dec b32enc bcrypt call decryptAES derivePassword durationRound encryptAES fromToml genPrivateKey htpasswd js " +
	"mustToDate shuffle toDate toToml toYamlPretty urlJoin urlParse";

export const unsupportedFunctions: FunctionTable = Object.fromEntries(
	names.split(" ").map((name): [string, GoFunction] => [name, variadic([], "any", refuse)]),
);

function refuse(): never {
	throw new CallError("not supported by this renderer");
}
