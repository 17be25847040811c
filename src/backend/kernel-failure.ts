import type { Errno, Host } from "../host/host.ts";
import { type KernelError, subjectOf } from "../wire/answers.ts";
import { attributesIn, fieldsIn, type Message, messagesIn, type Span, stringIn } from "../wire/attributes.ts";
import { type Batch, firstSequence } from "../wire/batch.ts";
import { attributeHeaderLength, type ByteOrder, headerLength, words } from "../wire/bytes.ts";
import { errno, errnoWords } from "../wire/errno-words.ts";
import { expressionField, generalHeaderLength, messageType, ruleField } from "../wire/nf-tables.ts";
import type { NotRead } from "../wire/read-tables.ts";
import { BackendError, type Known } from "./backend-error.ts";
import { isRefusedRules } from "./capabilities.ts";
import { type Evidence, explained, type Lack, lackOf, type Piece } from "./kernel-lack.ts";

/** The kernel itself said no. */
export class KernelFailure extends BackendError {
	/** As in errno(3); undefined where it did not answer as it should. */
	readonly errno: number | undefined;

	constructor(errno: number | undefined, message: string, known: Known = {}) {
		super(codeOf(errno), explained(message, known.lack), known);
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
export function lockFailure(host: Host, path: string, { number, message }: Errno): BackendError {
	const text = `the xtables lock ${path}: ${message}`;
	if (lacking.has(number)) {
		return new KernelFailure(number, text);
	}
	// To whom the kernel would refuse the rules, a lock is of no use.
	return isRefusedRules(host)
		? new KernelFailure(errno.notPermitted, `ip_tables: not to be changed without permission, nor ${text}`)
		: new BackendError("refused", text, { obstacle: "no-lock" });
}

/** Nothing came of the exchange at all. */
export function exchangeFailure({ number, name, message }: Errno): KernelFailure {
	const lack = name === "EPROTONOSUPPORT" ? withoutNfTables : undefined;
	return new KernelFailure(number, `nf_tables: netlink: ${message} (${name})`, { lack });
}

const withoutNfTables: Lack = { text: "kernel has no nf_tables", modules: ["nf_tables"] };

/** EINVAL to a question is nfnetlink's word for a subsystem that is not there (net/netfilter/nfnetlink.c). */
export function questionFailure(number: number | undefined, message: string): KernelFailure {
	return new KernelFailure(number, message, number === errno.invalid ? { lack: withoutNfTables } : {});
}

export function readingFailure({ errno: number, why }: NotRead): KernelFailure {
	return questionFailure(number, why.startsWith("nf_tables") ? why : `nf_tables: ${why}`);
}

/**
 * Names the first message that was refused, and in a rule the expression that the kernel does not take; what it lacks is
 * told by all of them.
 */
export function refusal(
	errors: readonly KernelError[],
	batch: Batch,
	order: ByteOrder,
	evidence: Evidence = nothingKnown,
): KernelFailure {
	const [error] = errors;
	if (error === undefined) {
		return new KernelFailure(undefined, "nf_tables: refused without a word");
	}
	const part = faultIn(error, batch, order);
	const said = error.text === undefined || error.text === "" ? "" : `: ${error.text}`;
	const at = part === undefined ? "" : `, at ${partName(part)}`;
	return new KernelFailure(
		error.errno,
		`nf_tables: ${subjectOf(error, batch)}: ${errnoWords(error.errno)}${at}${said}`,
		{
			lack: lackOf(
				evidence,
				errors.flatMap((one) => missingPiece(one, batch, order)),
			),
		},
	);
}

const nothingKnown: Evidence = { readFile: () => undefined, fileIdentity: () => undefined };

/** ENOENT is for what a message names: nobody but us takes away what ours name, but modules can be missing. */
function missingPiece(error: KernelError, batch: Batch, order: ByteOrder): Piece[] {
	if (error.errno === errno.notSupported && error.sequence === firstSequence) {
		// Of the batch's beginning: nobody takes it (nfnetlink_rcv_batch in net/netfilter/nfnetlink.c).
		return [{ kind: "nf_tables" }];
	}
	const message = messageOf(error, batch, order);
	if (error.errno !== errno.notThere || message === undefined) {
		return [];
	}
	if (message.type === messageType.newChain) {
		return [{ kind: "nat-chain" }];
	}
	const part = faultIn(error, batch, order);
	if (part === undefined) {
		return [];
	}
	return [
		part.extension === undefined
			? { kind: "expression", name: part.name }
			: { kind: "extension", name: part.extension, through: "nf_tables" },
	];
}

function messageOf({ sequence }: KernelError, { bytes }: Batch, order: ByteOrder): Message | undefined {
	return messagesIn(bytes, words[order])?.find((one) => one.sequence === sequence);
}

/** An expression of a rule, by the kernel's name, and in `match` and `target` which of x_tables it is. */
interface RulePart {
	readonly name: string;
	readonly extension: string | undefined;
}

/** `match "multiport"`, `meta`. */
function partName({ name, extension }: RulePart): string {
	return extension === undefined ? name : `${name} "${extension}"`;
}

/** The expression of a rule in which the kernel found the fault. */
function faultIn(error: KernelError, batch: Batch, order: ByteOrder): RulePart | undefined {
	const message = messageOf(error, batch, order);
	if (message?.type !== messageType.newRule || error.offset === undefined) {
		return undefined;
	}
	const { bytes } = batch;
	const { start, end } = message;
	const at = start - headerLength + error.offset;
	const fields = fieldsIn(bytes, { start: start + generalHeaderLength, end }, words[order]);
	const list = fields?.[ruleField.expressions];
	// At the expression's own header, as in Linux 5.10, or at something inside it.
	const isAt = (span: Span) => span.start - attributeHeaderLength <= at && at < span.end;
	const found = list && attributesIn(bytes, list, words[order])?.find(isAt);
	return found && rulePart(bytes, found, order);
}

function rulePart(bytes: string, span: Span, order: ByteOrder): RulePart | undefined {
	const fields = fieldsIn(bytes, span, words[order]);
	const name = stringIn(bytes, fields?.[expressionField.name]);
	const data = fields?.[expressionField.data];
	const isExtension = name === "match" || name === "target";
	// NFTA_MATCH_NAME and NFTA_TARGET_NAME are 1.
	const extension =
		isExtension && data ? stringIn(bytes, fieldsIn(bytes, data, words[order])?.[1]) : undefined;
	return name === undefined ? undefined : { name, extension };
}
