import type { Family } from "../../domain/family.ts";
import type { Reason } from "../../policy/reason.ts";
import { type Hook, hooks, type Plan, type PlannedRule, passedSubnets, rulesOf } from "../../rules/plan.ts";
import { type Batch, type BatchOptions, makeBatch, type Step } from "../../wire/batch.ts";
import { type Bytes, be32, cString, forEachOrder, type Words, words } from "../../wire/bytes.ts";
import {
	chainField,
	flag,
	hookField,
	hookNumber,
	messageType,
	natPriority,
	ruleField,
	tableField,
} from "../../wire/nf-tables.ts";
import type { Owner } from "../backend.ts";
import {
	jumpExpressions,
	passedBodies,
	type RuleExpressions,
	ruleBody,
	ruleExpressions,
} from "./nft-rule.ts";
import { chainNames } from "./own-state.ts";
import { probeChain, probeRules } from "./probe-rules.ts";

/** A family's table `nat`, as far as it is ours to change. */
export interface OwnPart {
	readonly family: Family;
	/** The names of the chains that are there, ours and others'. */
	readonly chains: readonly string[];
	/** Every rule outside our chains that leads into one of them. */
	readonly jumps: readonly OwnJump[];
}

export interface OwnJump {
	readonly chain: string;
	/** The kernel's number for the rule, as eight bytes in network order. */
	readonly handle: Bytes;
	/** Into which of our chains. */
	readonly to: Hook;
	/** Whether it is, where it is, what we would make. */
	readonly isOurs: boolean;
}

/**
 * Makes our chains in both of the plan's families, where there are none of ours: refused with EEXIST where there is one.
 * What others have in the same tables stays as it is, the policies too.
 */
export function creation(plan: Plan, options: BatchOptions): Batch {
	const order = words[options.order];
	const steps = plan.families.flatMap((family) => {
		const { before, behind } = aroundRules(order)[family];
		return [...before, ...ruleSteps(plan, new NatSteps(family, order)), ...behind];
	});
	return makeBatch(steps, options);
}

/** What a creation has besides rules, which is the same whatever the plan. */
const aroundRules = forEachOrder((order) => {
	const around = (family: Family) => {
		const make = new NatSteps(family, order);
		return {
			before: [make.table(), ...hooks.map((hook) => make.ownChain(hook, flag.exclusive))],
			behind: hooks.flatMap((hook) => [make.baseChain(hook), make.jump(hook)]),
		};
	};
	return { ipv4: around("ipv4"), ipv6: around("ipv6") };
});

/**
 * Makes our chains hold the plan's rules, whatever they held, and each be reached once. A jump that is there keeps its
 * place among others' rules. Goes by what was read, and so needs the number of the generation in which that was.
 */
export function replacement(plan: Plan, found: readonly OwnPart[], options: BatchOptions): Batch {
	const order = words[options.order];
	const steps = found.flatMap((part) => {
		const make = new NatSteps(part.family, order);
		return [
			make.table(),
			...hooks.flatMap((hook) =>
				part.chains.includes(chainNames[hook].own)
					? [make.emptied(hook)]
					: [make.ownChain(hook, flag.create)],
			),
			...ruleSteps(plan, make),
			...hooks.flatMap((hook) => jumpSteps(hook, part, make)),
		];
	});
	return makeBatch(steps, options);
}

/** Removes our chains and all that leads into them; there must be something of ours in what was read. */
export function removal(found: readonly OwnPart[], options: BatchOptions): Batch {
	const order = words[options.order];
	const steps = found.flatMap((part) => {
		const make = new NatSteps(part.family, order);
		const own = hooks.filter((hook) => part.chains.includes(chainNames[hook].own));
		return [
			...part.jumps.map((jump) => make.deleted(jump)),
			// Emptied first: with one of them a rule of ours might lead into the other.
			...own.map((hook) => make.emptied(hook)),
			...own.map((hook) => make.deletedChain(hook)),
		];
	});
	return makeBatch(steps, options);
}

/**
 * Every kind of rule that we write, in a chain that nothing leads into, to be looked at and not kept. `owner` is the user
 * of the rule about one: xt_owner takes only users of its network namespace's user namespace.
 */
export function probe(families: readonly Family[], owner: Owner, options: BatchOptions): Batch {
	const order = words[options.order];
	const steps = families.flatMap((family) => {
		const make = new NatSteps(family, order);
		return [
			make.table(),
			make.chain(probeChain, flag.create),
			...probeRules(owner).flatMap((rule) =>
				ruleExpressions(rule, family, order).map((each) => make.rule(probeChain, each, "shunt/probe")),
			),
			...hooks.map((hook) => make.baseChain(hook)),
		];
	});
	return makeBatch(steps, { ...options, withoutEnd: true });
}

function ruleSteps(plan: Plan, make: NatSteps): Step[] {
	return plan.chains.flatMap((chain) => make.rules(chainNames[chain.hook].own, rulesOf(chain, make.family)));
}

/** The first jump that is as ours should be stays; others go. */
function jumpSteps(hook: Hook, { jumps, chains }: OwnPart, make: NatSteps): Step[] {
	const { builtIn } = chainNames[hook];
	const into = jumps.filter(({ to }) => to === hook);
	const kept = into.find(({ isOurs }) => isOurs);
	const gone = into.filter((jump) => jump !== kept);
	return [
		...gone.map((jump) => make.deleted(jump)),
		...(chains.includes(builtIn) ? [] : [make.baseChain(hook)]),
		...(kept === undefined ? [make.jump(hook)] : []),
	];
}

/** Makes the steps of one family. */
class NatSteps {
	readonly family: Family;
	readonly order: Words;
	readonly #table: Bytes;

	constructor(family: Family, order: Words) {
		this.family = family;
		this.order = order;
		// In messages about chains and about rules alike (NFTA_CHAIN_TABLE, NFTA_RULE_TABLE).
		this.#table = order.attribute(tableField.name, cString(tableName));
	}

	table(): Step {
		return this.#step(messageType.newTable, flag.create, "", `table ${tableName}`);
	}

	ownChain(hook: Hook, flags: number): Step {
		return this.chain(chainNames[hook].own, flags);
	}

	chain(name: string, flags: number): Step {
		return this.#step(messageType.newChain, flags, this.#chainName(name), `chain ${name}`);
	}

	/**
	 * Without a policy: one that is given replaces that of a chain that is there, and so might let pass what somebody has
	 * dropped.
	 */
	baseChain(hook: Hook): Step {
		const { attribute, nest } = this.order;
		const { builtIn } = chainNames[hook];
		const place =
			attribute(hookField.number, be32(hookNumber[hook])) + attribute(hookField.priority, be32(natPriority));
		return this.#step(
			messageType.newChain,
			flag.create,
			this.#chainName(builtIn) + nest(chainField.hook, place) + attribute(chainField.type, cString("nat")),
			`chain ${builtIn}`,
		);
	}

	rule(chain: string, expressions: RuleExpressions, comment: string): Step {
		const place = this.#table + this.#ruleChain(chain);
		return this.#ruleStep(chain, comment, place + ruleBody(expressions, this.order));
	}

	/** One for neighbours that are there for one reason: there may be tens of thousands. */
	rules(chain: string, rules: readonly PlannedRule[]): Step[] {
		const { family, order } = this;
		const place = this.#table + this.#ruleChain(chain);
		const bodyOf = passedBodies(place, order);
		const steps: Step[] = [];
		let reason: Reason | undefined;
		let bodies: Bytes[] = [];
		const subnets = passedSubnets(rules);
		let index = 0;
		for (const rule of rules) {
			if (rule.reason !== reason) {
				({ reason } = rule);
				bodies = [];
				steps.push(this.#ruleStep(chain, `proxy-init/${reason}`, bodies));
			}
			const passed = subnets[index++];
			if (passed === undefined || passed.subnets[0].prefix === 0) {
				for (const each of ruleExpressions(rule, family, order)) {
					bodies.push(place + ruleBody(each, order));
				}
			} else {
				bodies.push(bodyOf(passed));
			}
		}
		return steps;
	}

	#ruleStep(chain: string, comment: string, attributes: Step["attributes"]): Step {
		const { family: scope } = this;
		const { newRule: type } = messageType;
		const flags = flag.create | flag.append;
		return { scope, type, flags, attributes, about: `rule "${comment}" of chain ${chain} (${scope})` };
	}

	jump(hook: Hook): Step {
		const { builtIn, jumpComment } = chainNames[hook];
		return this.rule(builtIn, jumpExpressions(hook, this.order), jumpComment);
	}

	deleted({ chain, handle }: OwnJump): Step {
		const place = this.#ruleChain(chain) + this.order.attribute(ruleField.handle, handle);
		return this.#step(messageType.deleteRule, 0, place, `the jump from chain ${chain}`);
	}

	/** Of all rules: a deletion without a number takes them all. */
	emptied(hook: Hook): Step {
		const { own } = chainNames[hook];
		return this.#step(messageType.deleteRule, 0, this.#ruleChain(own), `the rules of chain ${own}`);
	}

	deletedChain(hook: Hook): Step {
		const { own } = chainNames[hook];
		return this.#step(messageType.deleteChain, 0, this.#chainName(own), `chain ${own}`);
	}

	#chainName(name: string): Bytes {
		return this.order.attribute(chainField.name, cString(name));
	}

	#ruleChain(name: string): Bytes {
		return this.order.attribute(ruleField.chain, cString(name));
	}

	#step(type: number, flags: number, attributes: Bytes, about: string): Step {
		return {
			scope: this.family,
			type,
			flags,
			attributes: this.#table + attributes,
			about: `${about} (${this.family})`,
		};
	}
}

const tableName = "nat";
