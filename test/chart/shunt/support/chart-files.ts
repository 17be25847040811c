import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ValueSources } from "../../../../src/chart/index.ts";
import type { Files } from "../../support/helm.ts";

export const chartFolder = fileURLToPath(new URL("../../../../charts/shunt/", import.meta.url));

/** The chart as it lies in the repository. */
export const chartFiles: Files = Object.fromEntries(
	readdirSync(chartFolder, { recursive: true, encoding: "utf8" })
		.filter((path) => statSync(join(chartFolder, path)).isFile())
		.map((path) => [path, new Uint8Array(readFileSync(join(chartFolder, path)))]),
);

/** Values as a user gives them: a file, and flags over it. */
export interface Given extends Omit<ValueSources, "files"> {
	readonly name: string;
	readonly values?: unknown;
	/** Below `values`: the chart's own values for high availability. */
	readonly ha?: boolean;
}

const fileName = "given.yaml";

/** The chart's files with the values' file among them, and what names it. JSON is YAML. */
export function withGiven({ name: _, values = {}, ha = false, ...flags }: Given): {
	readonly files: Files;
	readonly sources: ValueSources;
} {
	return {
		files: { ...chartFiles, [fileName]: Buffer.from(JSON.stringify(values)) },
		sources: { ...flags, files: [...(ha ? ["values-ha.yaml"] : []), fileName] },
	};
}

const begin = "-----BEGIN CERTIFICATE-----";

/** A certificate that is given: one that is generated would be another each time. */
export const tlsGiven = {
	source: "provided",
	ca: `${begin}\nY2E=\n-----END CERTIFICATE-----\n`,
	crt: `${begin}\nY3J0\n-----END CERTIFICATE-----\n`,
	key: "-----BEGIN PRIVATE KEY-----\na2V5\n-----END PRIVATE KEY-----\n",
};

interface SomeValues {
	readonly injector?: { readonly tls?: { readonly source?: string; readonly existingSecret?: string } };
}

/** The same values with a given certificate in place of one that would be generated. */
export function withCertificate(given: Given): Given {
	const { injector = {}, ...others } = (given.values ?? {}) as SomeValues;
	const { source = "generated", existingSecret = "" } = injector.tls ?? {};
	const isByFlag = (given.set ?? []).some((flag) => flag.includes("injector.tls.source"));
	// What was stored has the source, and not the certificate.
	const isMissing = source === "generated" || (source === "provided" && existingSecret === "");
	return isByFlag || !isMissing
		? given
		: { ...given, values: { ...others, injector: { ...injector, tls: { ...injector.tls, ...tlsGiven } } } };
}
