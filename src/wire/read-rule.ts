import { type Condition, conditionOf, type FoundRule } from "../rules/rule.ts";
import type { Words } from "./bytes.ts";
import { type Expression, expressionsIn, type Verdict } from "./expression.ts";
import { type Facts, rank } from "./field.ts";
import { comparison, type TableScope } from "./nf-tables.ts";
import { handleNumber, type RuleObject } from "./objects.ts";
import { Registers } from "./registers.ts";
import { type Outcome, outcomeOf, redirection, translation, unknownOutcome } from "./rule-action.ts";
import {
	type Comparison,
	compared,
	lookedUp,
	opaque,
	type Piece,
	type SetContents,
	valuesOf,
} from "./rule-piece.ts";
import { mapWords, nftText, savedText } from "./rule-text.ts";
import { readMatch } from "./xt-match.ts";
import { readTarget } from "./xt-target.ts";

/** What is needed to read the rules of a table. */
export interface Surroundings {
	readonly scope: TableScope;
	readonly sets: SetContents;
	readonly order: Words;
	/** Rules are spelled as iptables-save does, where that has words for them. */
	readonly isIptables: boolean;
}

/**
 * Reads a rule as the kernel holds it. A verdict map becomes a rule for each of its elements. What is not understood is a
 * condition or an action that says so; a rule of which it cannot even be told which of the two it is does something
 * unknown as a whole.
 */
export function readRule(rule: RuleObject, surroundings: Surroundings): FoundRule[] {
	const reader = new RuleReader(surroundings);
	const list = rule.expressions;
	const expressions = expressionsIn(list, { start: 0, end: list.length }, surroundings.order);
	const ends = reader.read(expressions);
	const text = reader.text(rule, ends);
	const comment = rule.comment ?? reader.comment;
	return ends.map(({ conditions, action }) => ({
		text,
		conditions: conditions.map((condition) => withText(condition, text)),
		action: action.kind === "unparsed" && action.text === "" ? { kind: "unparsed", text } : action,
		...(comment === undefined ? {} : { comment }),
		handle: handleNumber(rule.handle),
		...(expressions?.some(({ kind }) => kind === "idle") === true ? { doesMore: true as const } : {}),
	}));
}

/** What is not understood and has no words of its own has the whole rule's. */
function withText(condition: Condition, text: string): Condition {
	return condition.kind === "unparsed" && condition.text === "" ? { ...condition, text } : condition;
}

/** One way through a rule: several where a map decides. */
interface End extends Outcome {
	readonly conditions: readonly Condition[];
}

class RuleReader {
	comment: string | undefined;
	readonly #pieces: Piece[] = [];
	readonly #registers = new Registers();
	readonly #around: Surroundings;
	#facts: Facts;

	constructor(surroundings: Surroundings) {
		this.#around = surroundings;
		const { scope } = surroundings;
		this.#facts = { family: scope === "inet" ? undefined : scope, protocol: undefined };
	}

	read(expressions: readonly Expression[] | undefined): End[] {
		if (expressions === undefined) {
			return [this.#unknown()];
		}
		for (let at = 0; at < expressions.length; at++) {
			const expression = expressions[at];
			const next = expressions[at + 1];
			if (expression === undefined) {
				continue;
			}
			if (expression.kind === "compare" && isPair(expression, next)) {
				this.#compare(expression.of, {
					kind: "range",
					low: expression.data,
					high: next.data,
					negated: false,
				});
				at++;
				continue;
			}
			const ends = this.#step(expression);
			if (ends !== undefined) {
				return ends;
			}
		}
		return [{ conditions: this.#conditions(), action: { kind: "continue" }, nft: "", save: "" }];
	}

	/** The whole rule in words. */
	text({ comment }: RuleObject, ends: readonly End[]): string {
		const [end] = ends;
		const saved =
			this.#around.isIptables && ends.length === 1 ? savedText(this.#pieces, end?.save) : undefined;
		return saved ?? nftText(this.#pieces, end?.nft ?? "", comment);
	}

	/** Undefined where the rule goes on. */
	#step(expression: Expression): End[] | undefined {
		switch (expression.kind) {
			case "load":
				this.#registers.load(expression.to, expression.from);
				return undefined;
			case "bitwise":
				this.#registers.mask(expression);
				return undefined;
			case "to-network-order":
				this.#registers.turn(expression.of, expression.to);
				return undefined;
			case "data":
				this.#registers.put(expression.to, expression.data);
				return undefined;
			case "compare":
				this.#compare(expression.of, {
					kind: "value",
					operation: expression.operation,
					data: expression.data,
				});
				return undefined;
			case "range":
				this.#compare(expression.of, expression);
				return undefined;
			case "lookup":
				return this.#lookup(expression);
			default:
				return this.#statement(expression);
		}
	}

	#statement(expression: Expression): End[] | undefined {
		switch (expression.kind) {
			case "match": {
				const family = this.#facts.family ?? "ipv4";
				const { conditions, words, comment } = readMatch(expression.extension, family, this.#around.order);
				this.comment ??= comment;
				const nft = comment === undefined ? `xt match "${expression.extension.name}"` : "";
				this.#pieces.push({ conditions, nft, save: { rank: rank.extension, words } });
				return undefined;
			}
			case "counter":
				this.#pieces.push({ conditions: [], nft: "counter", save: undefined, isSilent: true });
				return undefined;
			case "idle":
				this.#pieces.push({ conditions: [], nft: expression.name, save: undefined });
				return undefined;
			case "condition":
				this.#pieces.push(opaque(expression.name));
				return undefined;
			default:
				return [this.#end(expression)];
		}
	}

	#end(expression: Expression): End {
		const conditions = this.#conditions();
		switch (expression.kind) {
			case "verdict":
				return { conditions, ...outcomeOf(expression.verdict) };
			case "target": {
				const { family } = this.#facts;
				const { action, words } = readTarget(expression.extension, family ?? "ipv4", this.#around.order);
				return { conditions, action, nft: `xt target "${expression.extension.name}"`, save: words };
			}
			case "redirect":
				return { conditions, ...redirection(expression, this.#registers) };
			case "translate": {
				const { implied, ...end } = translation(expression, this.#registers, this.#around.scope);
				return { conditions: [...conditions, ...implied], ...end };
			}
			case "refuse":
				return { conditions, action: { kind: "drop" }, nft: "reject", save: undefined };
			case "end":
				return {
					conditions,
					action: { kind: "unparsed", text: expression.name },
					nft: expression.name,
					save: undefined,
				};
			default:
				return this.#unknown("name" in expression ? expression.name : "");
		}
	}

	/** Something that is not known at all may be a condition, or an end, or neither. */
	#unknown(name = "?"): End {
		return {
			conditions: [...this.#conditions(), { kind: "unparsed", text: "" }],
			action: { kind: "unparsed", text: "" },
			nft: `[${name}, not understood]`,
			save: undefined,
		};
	}

	#conditions(): Condition[] {
		return this.#pieces.flatMap(({ conditions }) => conditions);
	}

	#compare(register: number, how: Comparison): void {
		const held = this.#registers.held(register);
		const pieces =
			held === undefined ? [opaque("a comparison")] : compared(held, how, this.#facts, this.#around.order);
		for (const piece of pieces) {
			this.#add(piece);
		}
	}

	/** Takes out of the words what the next part takes for granted, as nft does. */
	#imply(needs: readonly (keyof Facts)[]): void {
		for (const need of needs) {
			const index = this.#pieces.findLastIndex((other) => other.fact?.kind === need);
			const found = this.#pieces[index];
			if (found !== undefined) {
				this.#pieces[index] = { ...found, nft: "" };
			}
		}
	}

	/** Adds to what is known. */
	#add(piece: Piece): void {
		const { fact, needs = [] } = piece;
		this.#imply(needs);
		if (fact?.kind === "family") {
			this.#facts = { ...this.#facts, family: fact.family };
		}
		if (fact?.kind === "protocol") {
			this.#facts = { ...this.#facts, protocol: fact.protocol };
		}
		this.#pieces.push(piece);
	}

	#lookup(lookup: Extract<Expression, { kind: "lookup" }>): End[] | undefined {
		if (lookup.to === undefined) {
			this.#add(lookedUp(this.#registers, lookup, this.#facts, this.#around));
			return undefined;
		}
		if (lookup.to !== "verdict") {
			this.#registers.forget(lookup.to);
			return undefined;
		}
		return this.#verdictMap(lookup);
	}

	/** A way for each of its elements, and where it says so one for every other value. */
	#verdictMap({ of, set }: Extract<Expression, { kind: "lookup" }>): End[] {
		const before = this.#conditions();
		const { sets, order } = this.#around;
		const content = sets.get(set);
		const values = valuesOf(this.#registers, of, content, { facts: this.#facts, order });
		const nft = mapWords(set, content, values);
		this.#imply(values?.flatMap(({ field }) => field.needs ?? []) ?? []);
		if (content === undefined) {
			return [{ conditions: before, ...unknownOutcome(nft) }];
		}
		const ends = content.ranges.map(({ element }, index): End => {
			// Where it leads is known, also of a key that is not.
			const tests = (values ?? [undefined]).map((part): Condition => {
				const range = part?.ranges[index];
				return (range && part?.field.test([range])) ?? { kind: "unparsed", text: nft };
			});
			return { conditions: [...before, ...tests], ...mapOutcome(element.verdict, nft) };
		});
		if (content.catchAll !== undefined) {
			const [part] = values?.length === 1 ? values : [];
			const test = part?.field.test(part.ranges) ?? ({ kind: "unparsed", text: nft } as const);
			const conditions = [...before, conditionOf(test, true)];
			ends.push({ conditions, ...mapOutcome(content.catchAll.verdict, nft) });
		}
		return ends.length > 0
			? ends
			: [{ conditions: before, action: { kind: "continue" }, nft, save: undefined }];
	}
}

function mapOutcome(verdict: Verdict | undefined, nft: string): Outcome {
	const { action } = verdict === undefined ? unknownOutcome(nft) : outcomeOf(verdict);
	return { action, nft, save: undefined };
}

type Compare = Extract<Expression, { kind: "compare" }>;

/** At least one value and at most another, of one register: a range in two expressions. */
function isPair(first: Expression, second: Expression | undefined): second is Compare {
	return (
		first.kind === "compare" &&
		second?.kind === "compare" &&
		first.of === second.of &&
		first.operation === comparison.atLeast &&
		second.operation === comparison.atMost
	);
}
