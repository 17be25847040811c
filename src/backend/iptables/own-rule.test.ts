import { describe, expect, it } from "vitest";
import { plannedRuleInWords } from "../../rules/words.ts";
import { ownRule } from "./own-rule.ts";

function read(spec: string): string | undefined {
	const rule = ownRule(spec, "prerouting");
	return rule && plannedRuleInWords(rule);
}

describe("a rule of our chain", () => {
	it.each([
		[
			'-p tcp -m multiport --dports 80,8000:8010 -m comment --comment "proxy-init/ignore-port-80,8000:8010" -j RETURN',
			"tcp to port 80,8000-8010: return [proxy-init/ignore-port-80,8000:8010]",
		],
		[
			'-s 10.0.0.0/8 -m comment --comment "proxy-init/ignore-subnet-10.0.0.0/8" -j RETURN',
			"from 10.0.0.0/8: return [proxy-init/ignore-subnet-10.0.0.0/8]",
		],
		[
			'-s 172.16.0.0/12 -m comment --comment "proxy-init/ignore-subnet-172.16.5.4/12" -j RETURN',
			"from 172.16.0.0/12: return [proxy-init/ignore-subnet-172.16.5.4/12]",
		],
		[
			'-m comment --comment "proxy-init/ignore-subnet-0.0.0.0/0" -j RETURN',
			"from 0.0.0.0/0: return [proxy-init/ignore-subnet-0.0.0.0/0]",
		],
		[
			'-i eth1 -m comment --comment "proxy-init/ignore-interface-eth1" -j RETURN',
			"in on eth1: return [proxy-init/ignore-interface-eth1]",
		],
		[
			'-p tcp -m tcp --dport 80 -m comment --comment "proxy-init/redirect-port-80-to-proxy-port" -j REDIRECT --to-ports 4143',
			"tcp to port 80: redirect to port 4143 [proxy-init/redirect-port-80-to-proxy-port]",
		],
		[
			// As releases print it that put only what has a blank in it into quotation marks.
			"-m owner --uid-owner 5 -m comment --comment proxy-init/ignore-user-id-5 -j RETURN",
			"by user 5: return [proxy-init/ignore-user-id-5]",
		],
	])("is taken for what a plan has: %s", (spec, words) => {
		expect(read(spec)).toBe(words);
	});

	it.each([
		["no comment", "-p tcp -j RETURN"],
		["a comment of somebody else's", "-p tcp -m comment --comment mine -j RETURN"],
		[
			"a comment that names something else",
			'-p tcp -m multiport --dports 80 -m comment --comment "proxy-init/ignore-port-81" -j RETURN',
		],
		[
			"a negation",
			'-p tcp -m multiport ! --dports 80 -m comment --comment "proxy-init/ignore-port-80" -j RETURN',
		],
		["another protocol", '-p udp -m comment --comment "proxy-init/ignore-loopback" -j RETURN'],
		["another target", '-o lo -m comment --comment "proxy-init/ignore-loopback" -j ACCEPT'],
		[
			"all interfaces that begin so",
			'-i eth+ -m comment --comment "proxy-init/ignore-interface-eth" -j RETURN',
		],
		[
			"a span of users",
			'-m owner --uid-owner 5-9 -m comment --comment "proxy-init/ignore-user-id-5" -j RETURN',
		],
		["no port", '-p tcp -m comment --comment "proxy-init/redirect-all-incoming-to-proxy-port" -j REDIRECT'],
		[
			"several ports",
			'-p tcp -m comment --comment "proxy-init/redirect-all-incoming-to-proxy-port" -j REDIRECT --to-ports 5-9',
		],
		["a rate", '-o lo -m limit --limit 1/sec -m comment --comment "proxy-init/ignore-loopback" -j RETURN'],
	])("is none of ours where we would not write it: %s", (_, spec) => {
		expect(read(spec)).toBe(undefined);
	});
});
