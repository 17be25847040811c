import { formatItem, itemsOf } from "../policy/field.ts";
import { fields, inOrder } from "../policy/fields.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import { unknownPort } from "./recover-policy.ts";

/** A policy as arguments of `shunt init`, so that it can be read, kept and applied again. */
export function policyArgs(policy: RedirectPolicy): string[] {
	const args = inOrder(fields, ["value"], ({ field }) => field.takes).flatMap(({ direction, field }) => {
		const isLost = field.takes === "value" && field.isRequired && policy[direction].proxyPort === unknownPort;
		const items = isLost ? [] : itemsOf(field, policy[direction]);
		return items.length === 0
			? []
			: [`--${field.flag}`, items.map((item) => formatItem(field, item)).join(",")];
	});
	return [...args, ...(policy.families.includes("ipv6") ? [] : ["--ipv6=false"])];
}
