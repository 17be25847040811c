import { fail, ok, type Result } from "../domain/problem.ts";
import type { InjectConfig } from "../inject/config.ts";
import { certificateSource, type ServerCertificate } from "./certificate.ts";
import { configurationSource } from "./configuration.ts";
import { Reloaded } from "./reloaded.ts";

/** What comes from mounted files. */
export interface Mounted {
	readonly configuration: Reloaded<InjectConfig>;
	readonly certificate: Reloaded<ServerCertificate>;
}

export interface MountedPaths {
	readonly config: string;
	readonly tlsCert: string;
	readonly tlsKey: string;
}

/** Everything, or all that is wrong with any of it. */
export async function loadMounted({ config, tlsCert, tlsKey }: MountedPaths): Promise<Result<Mounted>> {
	const [configuration, certificate] = await Promise.all([
		Reloaded.load(configurationSource(config)),
		Reloaded.load(certificateSource(tlsCert, tlsKey)),
	]);
	return configuration.ok && certificate.ok
		? ok({ configuration: configuration.value, certificate: certificate.value })
		: fail(...[configuration, certificate].flatMap((loaded) => (loaded.ok ? [] : loaded.problems)));
}
