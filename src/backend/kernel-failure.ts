import type { Errno } from "../host/host.ts";
import { type KernelError, subjectOf } from "../wire/answers.ts";
import { attributesIn, fieldsIn, messagesIn, type Span, stringIn } from "../wire/attributes.ts";
import type { Batch } from "../wire/batch.ts";
import { type ByteOrder, headerLength, words } from "../wire/bytes.ts";
import { errno, errnoWords } from "../wire/errno-words.ts";
import { expressionField, generalHeaderLength, messageType, ruleField } from "../wire/nf-tables.ts";
import type { NotRead } from "../wire/read-tables.ts";
import { BackendError } from "./backend-error.ts";

/** The kernel itself said no. */
export class KernelFailure extends BackendError {
	/** As in errno(3); undefined where it did not answer as it should. */
	readonly errno: number | undefined;

	constructor(errno: number | undefined, message: string) {
		super(codeOf(errno), message);
		this.errno = errno;
	}
}

function codeOf(number: number | undefined): "not-permitted" | "refused" {
	return number === errno.notPermitted || number === errno.accessDenied ? "not-permitted" : "refused";
}

/** Whether the kernel has nothing at all that could be spoken to, rather than a word against what was said. */
export function isLacking(error: BackendError): boolean {
	return error instanceof KernelFailure && error.errno !== undefined && lacking.has(error.errno);
}

/** ENOSYS, ENOPROTOOPT, EPROTONOSUPPORT, EOPNOTSUPP and EAFNOSUPPORT. */
const lacking: ReadonlySet<number> = new Set([38, 92, 93, 95, 97]);

/** A lock that cannot be taken is no word of the kernel's on what was to be done; one that nobody offers is. */
export function lockFailure(path: string, { number, message }: Errno): BackendError {
	const text = `the xtables lock ${path}: ${message}`;
	return lacking.has(number) ? new KernelFailure(number, text) : new BackendError("refused", text);
}

/** Nothing came of the exchange at all. */
export function exchangeFailure({ number, name, message }: Errno): KernelFailure {
	return new KernelFailure(number, `nf_tables: netlink: ${message} (${name})`);
}

export function readingFailure({ errno: number, why }: NotRead): KernelFailure {
	return new KernelFailure(number, why.startsWith("nf_tables") ? why : `nf_tables: ${why}`);
}

/** Names the first message that was refused, and in a rule the expression that the kernel does not take. */
export function refusal(errors: readonly KernelError[], batch: Batch, order: ByteOrder): KernelFailure {
	const [error] = errors;
	if (error === undefined) {
		return new KernelFailure(undefined, "nf_tables: refused without a word");
	}
	const part = faultIn(error, batch, order);
	const said = error.text === undefined || error.text === "" ? "" : `: ${error.text}`;
	const at = part === undefined ? "" : `, at ${part}`;
	return new KernelFailure(
		error.errno,
		`nf_tables: ${subjectOf(error, batch)}: ${errnoWords(error.errno)}${at}${said}`,
	);
}

/** The expression of a rule in which the kernel found the fault, by its name: `match "multiport"`, `meta`. */
function faultIn({ sequence, offset }: KernelError, { bytes }: Batch, order: ByteOrder): string | undefined {
	const message = messagesIn(bytes, words[order])?.find((one) => one.sequence === sequence);
	if (message?.type !== messageType.newRule || offset === undefined) {
		return undefined;
	}
	const { start, end } = message;
	const at = start - headerLength + offset;
	const fields = fieldsIn(bytes, { start: start + generalHeaderLength, end }, words[order]);
	const list = fields?.[ruleField.expressions];
	const found =
		list && attributesIn(bytes, list, words[order])?.find((span) => span.start <= at && at < span.end);
	return found && expressionName(bytes, found, order);
}

function expressionName(bytes: string, span: Span, order: ByteOrder): string | undefined {
	const fields = fieldsIn(bytes, span, words[order]);
	const name = stringIn(bytes, fields?.[expressionField.name]);
	const data = fields?.[expressionField.data];
	const isExtension = name === "match" || name === "target";
	// NFTA_MATCH_NAME and NFTA_TARGET_NAME are 1.
	const extension =
		isExtension && data ? stringIn(bytes, fieldsIn(bytes, data, words[order])?.[1]) : undefined;
	return extension === undefined ? name : `${name} "${extension}"`;
}
