import { exitCodes } from "../domain/exit-code.ts";
import type { Host } from "../host/host.ts";
import type { Failure } from "../init/failure.ts";
import { askTools } from "../ruleset/ask-tools.ts";

/**
 * Why nothing can be seen here, where that is for want of permission: to whom nf_tables is closed it looks as though
 * there were none. The kernel's own word is asked for (through whichever tool there is) only in the rare case that we have the capability
 * and nf_tables is silent all the same: there is none, or this namespace belongs to another user namespace.
 */
export function lackOfPermission(host: Host): Failure | undefined {
	if (host.nftTables() !== undefined) {
		return undefined;
	}
	if (!hasNetAdmin(host)) {
		return notPermitted(
			"reading nat tables takes the capability NET_ADMIN in the namespace's user namespace",
		);
	}
	const answers = askTools(host, [
		{ program: "nft", args: ["list", "tables"] },
		{ program: "iptables-nft-save", args: ["-t", "nat"] },
	]);
	const refusal = answers.find((answer) => answer.kind === "failed" && answer.code === "not-permitted");
	return refusal?.kind === "failed" ? notPermitted(refusal.why) : undefined;
}

function notPermitted(message: string): Failure {
	return {
		exitCode: exitCodes.notPermitted,
		messages: [message, "run it as root, or in a pod with securityContext.capabilities.add: [NET_ADMIN]"],
	};
}

function hasNetAdmin(host: Host): boolean {
	const status = host.readFile("/proc/self/status") ?? "";
	const [, effective = "0"] = /^CapEff:\s+([\da-f]+)$/m.exec(status) ?? [];
	return ((BigInt(`0x${effective}`) >> capNetAdmin) & 1n) === 1n;
}

/** CAP_NET_ADMIN in linux/capability.h. */
const capNetAdmin = 12n;
