/** Where every chain of these cases hangs that hangs anywhere. */
export const nat = "type nat hook output priority -100; policy accept;";

/** A table of one chain with these rules. */
export function table(...lines: readonly string[]): string[] {
	return ["table inet a {", "chain c {", ...lines, "}", "}"];
}

export interface TransactionCase {
	what: string;
	before?: readonly string[];
	input: readonly string[];
	/** The whole listing, without indentation and empty lines. */
	after: readonly string[] | "refused";
}

/** What each input does to what there is, beginning from what `before` makes. */
export const transactions: readonly TransactionCase[] = [
	{ what: "makes a table", input: ["create table inet a"], after: ["table inet a {", "}"] },
	{
		what: "refuses to create a table that exists",
		before: ["table inet a"],
		input: ["create table inet a"],
		after: "refused",
	},
	{
		what: "creates a table of a name that another family has",
		before: ["table ip a"],
		input: ["create table inet a"],
		after: ["table ip a {", "}", "table inet a {", "}"],
	},
	{
		what: "refuses the whole of an input that creates a table that exists",
		before: ["table inet a"],
		input: ["create table inet a", ...table("accept")],
		after: "refused",
	},
	{
		what: "refuses a table that one input creates twice",
		input: ["create table inet a", "create table inet a"],
		after: "refused",
	},
	{
		what: "creates and fills a table",
		input: ["create table inet a", ...table(nat, "drop")],
		after: table(nat, "drop"),
	},
	{
		what: "adds to a table that is there",
		before: table("drop"),
		input: table("accept"),
		after: table("drop", "accept"),
	},
	{ what: "makes and deletes a table", input: ["add table inet a", "delete table inet a"], after: [] },
	{ what: "refuses to delete a table that is not there", input: ["delete table inet a"], after: "refused" },
	{
		what: "applies nothing where the last command fails",
		input: ["table inet b", "delete table inet a"],
		after: "refused",
	},
	{
		what: "replaces a table whatever there was",
		before: table(nat, "drop"),
		input: ["add table inet a", "delete table inet a", ...table(nat, "accept")],
		after: table(nat, "accept"),
	},
	{
		what: "deletes a table and creates it anew",
		before: table("drop"),
		input: ["delete table inet a", "create table inet a"],
		after: ["table inet a {", "}"],
	},
	{
		what: "leaves other tables alone",
		before: ["table inet b", ...table("drop")],
		input: ["delete table inet a"],
		after: ["table inet b {", "}"],
	},
	{
		what: "empties a table's chains",
		before: table(nat, "drop"),
		input: ["flush table inet a"],
		after: table(nat),
	},
	{ what: "refuses to empty a table that is not there", input: ["flush table inet a"], after: "refused" },
	{
		what: "removes everything",
		before: ["table inet b", ...table("drop")],
		input: ["flush ruleset"],
		after: [],
	},
	{
		what: "refuses to create a chain that exists",
		before: table(),
		input: ["create chain inet a c"],
		after: "refused",
	},
	{
		what: "adds a chain that exists",
		before: table("drop"),
		input: ["add chain inet a c"],
		after: table("drop"),
	},
	{ what: "refuses a chain without its table", input: ["add chain inet a c"], after: "refused" },
	{
		what: "deletes a chain with its rules",
		before: table("drop"),
		input: ["delete chain inet a c"],
		after: ["table inet a {", "}"],
	},
	{
		what: "refuses to delete a chain that is jumped to",
		before: ["table inet a {", "chain d {", "}", "chain c {", "jump d", "}", "}"],
		input: ["delete chain inet a d"],
		after: "refused",
	},
	{ what: "empties a chain", before: table(nat, "drop"), input: ["flush chain inet a c"], after: table(nat) },
	{
		what: "refuses to empty a chain that is not there",
		before: ["table inet a"],
		input: ["flush chain inet a c"],
		after: "refused",
	},
	{
		what: "changes a policy",
		before: table(nat, "drop"),
		input: ["chain inet a c { policy drop; }"],
		after: table(nat.replace("accept", "drop"), "drop"),
	},
	{
		what: "refuses to hang a chain elsewhere",
		before: table(nat),
		input: table("type nat hook prerouting priority -100;"),
		after: "refused",
	},
	{
		what: "refuses to hang a chain earlier",
		before: table(nat),
		input: table("type nat hook output priority -101;"),
		after: "refused",
	},
	{
		what: "accepts by policy where none is said",
		input: table("type nat hook output priority -100;"),
		after: table(nat),
	},
	{
		what: "appends a rule",
		before: table("drop"),
		input: ["add rule inet a c accept"],
		after: table("drop", "accept"),
	},
	{
		what: "puts a rule first",
		before: table("drop"),
		input: ["insert rule inet a c accept"],
		after: table("accept", "drop"),
	},
	{
		what: "refuses a rule without its chain",
		before: ["table inet a"],
		input: ["add rule inet a c accept"],
		after: "refused",
	},
	{
		what: "refuses to delete a rule that is not there",
		before: table("drop"),
		input: ["delete rule inet a c handle 99"],
		after: "refused",
	},
	{
		what: "takes commands on one line",
		input: ["table inet a; add chain inet a c; add rule inet a c drop"],
		after: table("drop"),
	},
	{ what: "takes remarks and nothing else", input: ["# nothing", "", "  "], after: [] },
	{
		what: "switches a table off",
		before: table(nat),
		input: ["add table inet a { flags dormant; }"],
		after: ["table inet a {", "flags dormant", "chain c {", nat, "}", "}"],
	},
	{
		what: "switches a table on that is named without its flags",
		before: ["table inet a {", "flags dormant", "chain c {", nat, "}", "}"],
		input: ["add table inet a"],
		after: table(nat),
	},
	{
		what: "jumps to a chain that stands below",
		input: ["table inet a {", "chain c {", "jump d", "}", "chain d {", "goto e", "}", "chain e {", "}", "}"],
		after: ["table inet a {", "chain c {", "jump d", "}", "chain d {", "goto e", "}", "chain e {", "}", "}"],
	},
	{ what: "refuses a jump to nowhere", input: table("jump d"), after: "refused" },
	{
		what: "refuses a jump to a chain that hangs somewhere",
		input: ["table inet a {", "chain c {", nat, "}", "chain d {", "jump c", "}", "}"],
		after: "refused",
	},
	{
		what: "refuses to redirect in a filter",
		input: table("type filter hook output priority 0;", "meta l4proto tcp redirect to :80"),
		after: "refused",
	},
	{
		what: "keeps a table's own set",
		input: [
			"table inet a {",
			"set s {",
			"type inet_service",
			"flags interval",
			"elements = { 9, 5, 7-8 }",
			"}",
			"chain c {",
			"tcp dport @s return",
			"}",
			"}",
		],
		after: [
			"table inet a {",
			"set s {",
			"type inet_service",
			"flags interval",
			"elements = { 5, 7-8, 9 }",
			"}",
			"chain c {",
			"tcp dport @s return",
			"}",
			"}",
		],
	},
	{ what: "refuses a set that is not there", input: table("tcp dport @s return"), after: "refused" },
	{
		what: "refuses to delete a set that is used",
		before: ["table inet a {", "set s {", "type ipv4_addr", "}", "chain c {", "ip saddr @s return", "}", "}"],
		input: ["delete set inet a s"],
		after: "refused",
	},
	{
		what: "adds to a set, and empties it",
		before: [
			"table inet a {",
			"set s {",
			"type ipv4_addr",
			"elements = { 10.0.0.2 }",
			"}",
			"}",
			"add element inet a s { 10.0.0.1 }",
		],
		input: ["table inet a {", "set t {", "type ifname", "elements = { lo }", "}", "}", "flush set inet a t"],
		after: [
			"table inet a {",
			"set s {",
			"type ipv4_addr",
			"elements = { 10.0.0.1, 10.0.0.2 }",
			"}",
			"set t {",
			"type ifname",
			"}",
			"}",
		],
	},
	{
		what: "deletes a set that is not used",
		before: ["table inet a {", "set s {", "type inet_service", "}", "}"],
		input: ["delete set inet a s"],
		after: ["table inet a {", "}"],
	},
];
