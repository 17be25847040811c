/** Why a rule exists: a stable id, kept in the kernel as the beginning of the rule's comment. */
export type Reason =
	| "ignore-proxy-user-id"
	| "ignore-proxy-group-id"
	| "ignore-user-id"
	| "ignore-loopback"
	| "ignore-interface"
	| "ignore-port"
	| "ignore-subnet"
	| "redirect-port"
	| "redirect-outgoing-port"
	| "redirect-all-incoming-to-proxy-port"
	| "redirect-all-outgoing-to-proxy-port";
