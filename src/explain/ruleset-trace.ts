import { onceOf } from "../domain/once-of.ts";
import { reasonOf } from "../rules/comment.ts";
import type { Hook } from "../rules/plan.ts";
import type { FoundRule } from "../rules/rule.ts";
import { type NatTable, type Ruleset, targetOf } from "../rules/ruleset.ts";
import { type Traversal, traverse } from "../rules/traverse.ts";
import type { NatFate, NatStep } from "../rules/walk.ts";
import { actionInWords, conditionInWords } from "../rules/words.ts";
import { type Outcome, outcomeOf, proxyPortsIn } from "./outcome.ts";
import type { AskedPacket } from "./packet.ts";
import { reasonText } from "./reason-text.ts";
import { sentenceFor } from "./sentence.ts";
import type { Step, Trace } from "./trace.ts";

/** A packet's way through rules that stand in a namespace; {@link traverse} decides. */
export function rulesetTrace(ruleset: Ruleset, asked: AskedPacket): Trace {
	const { packet } = asked;
	const { fate, outcome, decider, steps: visited } = decisionOn(ruleset, asked);
	const steps = visited.map(
		(step): Step => ({
			table: tableName(step.table),
			chain: step.chain,
			position: step.position,
			rule: step.rule.text,
			matched: step.matched,
			action: actionInWords(step.rule.action),
			decides: step === decider,
			why: whyOf(step, packet.hook),
		}),
	);
	const clause = decider === undefined ? whyUndecided(ruleset, fate) : clauseFor(decider, packet.hook);
	const sentence = sentenceFor(packet, fate, { because: clause, outcome });
	return { asked, steps, fate, outcome, sentence };
}

/** What becomes of a packet, and by which rule, without the words for it. */
export interface Decision extends Pick<Traversal, "fate" | "steps"> {
	readonly outcome: Outcome;
	/** Absent where no rule is about the packet, or which one decides is not known. */
	readonly decider?: NatStep;
}

export function decisionOn(
	ruleset: Ruleset,
	{ packet, destinationIsLocal }: Pick<AskedPacket, "packet" | "destinationIsLocal">,
): Decision {
	const traversal = traverse(ruleset, {
		...packet,
		...(destinationIsLocal === undefined ? {} : { destinationIsLocal }),
	});
	const { fate, steps } = traversal;
	const decider = deciderOf(traversal);
	const proxyPorts = proxyPortsOf(ruleset);
	const outcome = outcomeOf(
		fate,
		(port) => proxyPorts.has(port) || (decider !== undefined && isProxys(decider)),
	);
	return { fate, steps, outcome, ...(decider === undefined ? {} : { decider }) };
}

/** The ports to which rules of a proxy's redirect. Once: thousands of packets may be asked about one ruleset. */
export const proxyPortsOf = onceOf(
	(ruleset: Ruleset): ReadonlySet<number> => proxyPortsIn(ruleset, isProxys),
);

/** A packet that leaves a chain by a rule and meets nothing after it passes because of that rule. */
function deciderOf({ fate, decidedBy, steps }: Traversal): NatStep | undefined {
	return (
		decidedBy ??
		(fate.kind === "pass"
			? steps.findLast(({ matched, rule }) => matched === "yes" && rule.action.kind === "return")
			: undefined)
	);
}

/** `nft ipv4 nat`, `nftables inet shunt`. */
export function tableName({ dialect, scope, name }: NatTable): string {
	return `${dialect} ${scope} ${name}`;
}

/** Why a rule is there: our reasons where it carries one, else whose it is and what it says. */
export function whyOf({ rule, chain, table }: Pick<NatStep, "rule" | "chain" | "table">, hook: Hook): string {
	const reason = reasonOf(rule.comment);
	if (reason !== undefined) {
		return reasonText(reason, hook, detailOf(rule));
	}
	if (isEntrance(rule.comment)) {
		return "the redirect rules begin there";
	}
	const remark = rule.comment === undefined ? "" : `, commented ${JSON.stringify(rule.comment)}`;
	return `a rule of ${ownerOfRule({ rule, chain, table }) ?? "another program"}${remark}`;
}

function ownerOfRule({ rule, chain, table }: Pick<NatStep, "rule" | "chain" | "table">): string | undefined {
	return ownerOf(chain, table.name, targetOf(rule) ?? "");
}

function clauseFor(step: NatStep, hook: Hook): string {
	const { rule, chain, position } = step;
	const why = whyOf(step, hook);
	return reasonOf(rule.comment) === undefined
		? `rule ${position} of chain ${chain} says so (${why}): ${rule.text}`
		: why;
}

function isProxys({ rule, chain, table }: Pick<NatStep, "rule" | "chain" | "table">): boolean {
	return reasonOf(rule.comment) !== undefined || isMesh(ownerOfRule({ rule, chain, table }));
}

/** The condition that a reason is about; that on the protocol says nothing new. */
function detailOf({ conditions }: FoundRule): string | undefined {
	const condition = conditions.find(({ kind }) => kind !== "protocol" && kind !== "family");
	return condition === undefined ? undefined : conditionInWords(condition);
}

function whyUndecided({ tables, gaps }: Ruleset, fate: NatFate): string {
	if (fate.kind === "unknown") {
		return fate.why.join("; ");
	}
	if (tables.length === 0) {
		return gaps.length > 0 ? "no rules could be read" : "there are no nat rules here";
	}
	return "no rule is about it";
}

/** Beginnings of the names that programs give their chains and tables. */
const prefixes: readonly (readonly [string, string])[] = [
	["PROXY_INIT_", "Shunt or Linkerd"],
	["ISTIO_", "Istio"],
	["istio-", "Istio"],
	["KUMA_MESH_", "Kuma"],
	["CONSUL_", "Consul"],
	["CNI-", "the CNI plugins"],
	["KUBE-", "Kubernetes"],
	["DOCKER", "Docker"],
	["CILIUM_", "Cilium"],
	["cali-", "Calico"],
];

/** Whose a rule is, as far as the first of these names tells that does: its chain's, its table's, where it leads. */
function ownerOf(...names: readonly string[]): string | undefined {
	return names
		.map((name) => prefixes.find(([prefix]) => name.startsWith(prefix))?.[1])
		.find((owner) => owner !== undefined);
}

/** Whether what an owner redirects to is a proxy. */
function isMesh(owner: string | undefined): boolean {
	return ["Shunt or Linkerd", "Istio", "Kuma", "Consul"].includes(owner ?? "");
}

/** The comments of the two rules that lead into our chains. */
function isEntrance(comment: string | undefined): boolean {
	return comment?.startsWith("proxy-init/install-") === true;
}
