import { commentPrefix } from "../../rules/comment.ts";
import type { Action, Condition, FoundRule, OwnAction, OwnReason, OwnRule } from "../../rules/rule.ts";

/**
 * Takes a rule of our table for what it would be in a plan's sets: undefined for whatever we would not write for any. What a
 * condition takes for granted is left out, as nft leaves it out: a TCP port means TCP, a subnet its family.
 */
export function ownRule({ conditions, action, comment, doesMore }: FoundRule): OwnRule | undefined {
	const [, reason] = pattern.exec(comment ?? "") ?? [];
	const does = ownAction(action);
	const told = conditions.filter((condition) => !isImplied(condition, conditions));
	return reason === undefined ||
		does === undefined ||
		doesMore === true ||
		!told.every((condition) => isOurs(condition, conditions))
		? undefined
		: { reason: reason as OwnReason, conditions: told, action: does };
}

const pattern = new RegExp(`^${commentPrefix}([a-z-]+)$`);

function ownAction(action: Action): OwnAction | undefined {
	if (action.kind === "return") {
		return action;
	}
	return action.kind === "redirect" && action.ports?.low === action.ports?.high && action.ports !== undefined
		? { kind: "redirect", ports: action.ports }
		: undefined;
}

function isImplied(condition: Condition, all: readonly Condition[]): boolean {
	return (
		(isTcp(condition) && all.some(({ kind }) => kind === "destination-port")) ||
		(condition.kind === "family" && all.some((other) => isOfFamily(other, condition.family)))
	);
}

function isTcp(condition: Condition): boolean {
	return condition.kind === "protocol" && condition.protocols.join() === "tcp" && condition.negated !== true;
}

function isOfFamily(condition: Condition, family: string): boolean {
	return "subnets" in condition && condition.subnets.every((subnet) => subnet.family === family);
}

/** As a plan's sets have them: of exact names and single users, and nothing negated. */
function isOurs(condition: Condition, all: readonly Condition[]): boolean {
	if (condition.negated === true) {
		return false;
	}
	switch (condition.kind) {
		case "family":
			return condition.family === "ipv6";
		case "protocol":
			return isTcp(condition);
		case "destination-port":
			return all.some(isTcp);
		case "source":
		case "destination":
			return condition.subnets.length > 0;
		case "in-interface":
		case "out-interface":
			return condition.names.every(({ isPrefix }) => !isPrefix);
		case "uid":
		case "gid":
			return condition.ids.every(({ low, high }) => low === high);
		default:
			return false;
	}
}
