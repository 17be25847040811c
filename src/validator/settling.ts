import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

// IFA_F_TENTATIVE and IFA_F_DADFAILED, linux/if_addr.h.
const [tentative, isTaken] = [0x40, 0x08];

/**
 * Until it is known that nobody else has them (a second or two after an interface comes up), nothing can be sent from
 * IPv6 addresses. Gives up after so many milliseconds.
 */
export async function settled(
	deadline: number,
	stop: () => boolean,
	list = "/proc/self/net/if_inet6",
): Promise<void> {
	while (hasTentative(list) && Date.now() < deadline && !stop()) {
		await wait(20);
	}
}

function hasTentative(list: string): boolean {
	return addressFlags(list).some((flags) => (flags & tentative) !== 0 && (flags & isTaken) === 0);
}

/** Lines such as `fe80… 02 40 20 c0   eth0`: address, interface, prefix, scope, flags in hexadecimal, name. */
function addressFlags(list: string): number[] {
	try {
		return readFileSync(list, "utf8")
			.split("\n")
			.flatMap((line) => {
				const flags = line.trim().split(/\s+/)[4];
				return flags === undefined ? [] : [Number.parseInt(flags, 16)];
			});
	} catch {
		// A kernel without IPv6.
		return [];
	}
}
