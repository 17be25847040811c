import type { BackendError } from "../backend/backend-error.ts";
import { backendOf } from "../backend/backends.ts";
import type { Logger } from "../command/logger.ts";
import { type Family, families } from "../domain/family.ts";
import type { Dialect, Mode } from "../domain/mode.ts";
import { type Host, HostError } from "../host/host.ts";
import { CniError, errorCodes } from "./cni-error.ts";
import type { PluginConfig } from "./plugin-config.ts";

/**
 * Fails where every pod that is meshed would fail now, and only there, since the runtime takes the whole node out of
 * service for it (containerd 2: NetworkReady is false). So a dialect is tried in a network namespace of its own, and what
 * may pass by itself, or concerns one address family alone, is logged. Throws a {@link CniError}.
 */
export function checkReadiness(host: Host, config: PluginConfig, mode: Mode, log: Logger): void {
	try {
		host.enterNewNetns();
	} catch (error) {
		if (error instanceof HostError) {
			log.warn(`whether rules can be made was not tried: ${error.message}`);
			return;
		}
		throw error;
	}
	const failures = tryInTurn(host, mode, config, families);
	if (failures === undefined) {
		return;
	}
	const isSureToLast = failures.every(({ failure: { code } }) => lasting.has(code));
	const sentences = failures.map(({ dialect, failure }) => `${dialect}: ${failure.message}`);
	if (!isSureToLast || tryInTurn(host, mode, config, ["ipv4"]) === undefined) {
		log.warn(`rules cannot be made for every pod: ${sentences.join(", ")}`);
		return;
	}
	throw new CniError(errorCodes.notAvailable, `no rules can be made on this node (mode ${mode})`, sentences);
}

const lasting: ReadonlySet<BackendError["code"]> = new Set(["missing-tool", "not-permitted", "refused"]);

/** The order of mode auto. */
const inTurn: readonly Dialect[] = ["nft", "nftables", "legacy", "plain"];

interface FailedTrial {
	readonly dialect: Dialect;
	readonly failure: BackendError;
}

/** Undefined as soon as one works. */
function tryInTurn(
	host: Host,
	mode: Mode,
	{ linkerd }: PluginConfig,
	tried: readonly Family[],
): FailedTrial[] | undefined {
	const failures: FailedTrial[] = [];
	const uid = linkerd?.defaults.policy.outbound.proxyUid ?? usualProxyUid;
	for (const dialect of mode === "auto" ? inTurn : [mode]) {
		const failure = backendOf(dialect).probe(host, tried, uid);
		if (failure === undefined) {
			return undefined;
		}
		failures.push({ dialect, failure });
	}
	return failures;
}

/** Of Linkerd's proxy and ours; the trial's rule is about some user. */
const usualProxyUid = 2102;
