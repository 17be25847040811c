import type { Family } from "../../domain/family.ts";
import type { IptablesDialect } from "../../domain/mode.ts";
import type { Host } from "../../host/host.ts";
import type { Plan } from "../../rules/plan.ts";
import type { FamilyOutcome, Owner, SetUpOptions } from "../backend.ts";
import type { BackendError } from "../backend-error.ts";
import { applyLegacy, legacyTables, probeLegacy, removeLegacy } from "./legacy-kernel.ts";
import { applyIptablesNft, iptablesNftTables, probeIptablesNft, removeIptablesNft } from "./nft-kernel.ts";
import type { FamilyTable } from "./own-state.ts";

/**
 * What the kernel does for a dialect without a program. All but the trial throw {@link BackendError} with nothing changed
 * where it does not.
 */
export interface KernelWay {
	setUp(host: Host, plan: Plan, options: Pick<SetUpOptions, "wait">): FamilyOutcome[];
	tearDown(host: Host, families: readonly Family[]): Family[];
	tables(host: Host, families: readonly Family[]): FamilyTable[];
	/** Looks at every kind of rule that we write, and keeps none. */
	probe(host: Host, families: readonly Family[], owner: Owner): BackendError | undefined;
}

/** The distribution's own `iptables` alone knows which of the two it speaks. */
export const kernelWays: Readonly<Record<IptablesDialect, KernelWay | undefined>> = {
	legacy: { setUp: applyLegacy, tearDown: removeLegacy, tables: legacyTables, probe: probeLegacy },
	nft: {
		setUp: applyIptablesNft,
		tearDown: removeIptablesNft,
		tables: iptablesNftTables,
		probe: probeIptablesNft,
	},
	plain: undefined,
};
