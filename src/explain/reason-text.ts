import type { Reason } from "../policy/reason.ts";
import type { Hook } from "../rules/plan.ts";
import { directionOf } from "./packet-fields.ts";

/**
 * Why a rule exists, as a clause that reads on from "because". `whole` says which connections it is about, as
 * `connectionsInWords` does.
 */
export function reasonText(reason: Reason, hook: Hook, whole: string | undefined): string {
	const detail = abridge(whole);
	const direction = directionOf(hook);
	switch (reason) {
		case "ignore-proxy-user-id":
			return `the proxy itself runs as ${bare(detail) ?? "this user"}: its own connections must pass, or they would come back to it for ever`;
		case "ignore-proxy-group-id":
			return `the proxy itself runs as ${bare(detail) ?? "this group"}: its own connections must pass, or they would come back to it for ever`;
		case "ignore-user-id":
			return `connections ${detail ?? "of this user"} are exempt`;
		case "ignore-loopback":
			return "what leaves through the loopback interface stays inside the pod, and is no business of the proxy's";
		case "ignore-interface":
			return `${direction} connections ${detail ?? "over this interface"} are exempt`;
		case "ignore-port":
		case "ignore-subnet":
			return `${direction} connections ${detail ?? "of this kind"} are exempt`;
		case "redirect-port":
		case "redirect-outgoing-port":
			return `${direction} connections ${detail ?? "to this port"} are among those that go to the proxy`;
		case "redirect-all-incoming-to-proxy-port":
			return "every inbound TCP connection that nothing exempts goes to the proxy";
		case "redirect-all-outgoing-to-proxy-port":
			return "every outbound TCP connection that nothing exempts goes to the proxy";
	}
}

/** The rule itself has the whole list, and so has the summary. */
function abridge(text: string | undefined): string | undefined {
	return text !== undefined && text.length > 160
		? `${text.slice(0, text.lastIndexOf(", ", 120))} and more`
		: text;
}

function bare(detail: string | undefined): string | undefined {
	return detail?.replace(/^of /, "");
}
