import { unsupported } from "../go/value.ts";
import type { ChartPort } from "../port.ts";
import { collectionFunctions } from "./collections.ts";
import { dataFunctions } from "./data.ts";
import { type FunctionTable, type GoFunction, variadic } from "./function.ts";
import { languageFunctions } from "./language.ts";
import { textFunctions } from "./texts.ts";
import { worldFunctions } from "./world.ts";

/** Every function that a template can call, `include` apart (see Engine): those that our charts do call. */
export function allFunctions(port: ChartPort): FunctionTable {
	return {
		...unsupportedFunctions,
		...languageFunctions,
		...collectionFunctions,
		...textFunctions,
		...dataFunctions,
		...worldFunctions(port),
	};
}

/**
 * What Helm 3 or 4 has and our charts do not call. A chart may name these as long as it does not call them; the error
 * says that it is us who cannot, not the chart's author who cannot spell.
 */
const names =
	"abbrev abbrevboth add1 add1f adler32sum ago all any atoi b32dec b32enc base bcrypt biggest " +
	"buildCustomCert call camelcase cat ceil chunk clean coalesce compact date dateModify " +
	"date_in_zone date_modify decryptAES deepEqual derivePassword dig dir div divf duration durationDays " +
	"durationHours durationMicroseconds durationMilliseconds durationMinutes durationNanoseconds durationRound " +
	"durationRoundTo durationSeconds durationTruncateTo durationWeeks encryptAES ext fromToml " +
	"genCAWithKey genPrivateKey genSelfSignedCert genSelfSignedCertWithKey genSignedCertWithKey getHostByName " +
	"hasSuffix hello html htmlDate htmlDateInZone htpasswd initial initials isAbs js kebabcase keys kindOf " +
	"lower max maxf mergeOverwrite min minf mod mul mustAppend mustChunk mustCompact mustDateModify " +
	"mustDeepCopy mustFirst mustFromJson mustHas mustInitial mustLast mustMerge mustMergeOverwrite mustPrepend " +
	"mustPush mustRegexFind mustRegexFindAll mustRegexMatch mustRegexReplaceAll mustRegexReplaceAllLiteral " +
	"mustRegexSplit mustRest mustReverse mustSlice mustToDate mustToDuration mustToJson mustToPrettyJson " +
	"mustToRawJson mustToToml mustToYaml mustUniq mustWithout must_date_modify nospace osBase osClean " +
	"osDir osExt osIsAbs pick pluck plural prepend print println push randAlpha randAlphaNum randAscii " +
	"randBytes randInt randNumeric regexFind regexQuoteMeta regexReplaceAllLiteral regexSplit repeat replace " +
	"required reverse round semver seq sha1sum sha256sum sha512sum shuffle snakecase sortAlpha split splitn " +
	"sub subf substr swapcase title toDate toDecimal toPrettyJson toStrings toToml toYamlPretty tpl trimAll " +
	"trimall trunc tuple typeIs typeIsLike typeOf unixEpoch unset until untilStep untitle urlJoin urlParse " +
	"urlquery uuidv4 values wrap wrapWith";

export const unsupportedFunctions: FunctionTable = Object.fromEntries(
	names.split(" ").map((name): [string, GoFunction] => [name, variadic([], "any", refuse)]),
);

function refuse(): never {
	throw unsupported();
}
