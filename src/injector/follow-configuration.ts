import { basename } from "node:path";
import type { InjectConfig } from "../inject/config.ts";
import {
	type Following,
	followObjects,
	type ObjectChange,
	type ObjectList,
	type ObjectSource,
} from "../kube/follow-objects.ts";
import type { ConfigMap } from "./cluster.ts";
import type { Reloaded, ReloadObserver } from "./reloaded.ts";

interface FollowedConfiguration
	extends Pick<Following<ObjectList<ConfigMap>, ObjectChange<ConfigMap>>, "signal" | "pauses"> {
	/** Of one ConfigMap alone, the one that is mounted. */
	readonly source: ObjectSource<ConfigMap>;
	readonly configuration: Reloaded<InjectConfig>;
	readonly observer: ReloadObserver<InjectConfig>;
	/** It was looked once, whether there was an answer or not. */
	readonly looked: () => void;
	readonly failed: (error: unknown) => void;
}

/**
 * The configuration as the API server has it. A kubelet writes mounted files anew a minute or so after a change, but
 * whoever has seen a new release rolled out expects it of the next pod; and the injector that may have to answer then can
 * be one of the old pods, which API servers ask for as long as their connections and the Service's rules lead there.
 * For as long as the program runs; where nobody answers, or the ConfigMap may not be read, the files count as before.
 */
export function followConfiguration(following: FollowedConfiguration): Promise<void> {
	const { source, configuration, observer, looked, failed, ...rest } = following;
	const key = basename(configuration.source.paths[0] ?? "");
	const tell = (configMap: ConfigMap | undefined) => {
		const text = configMap?.data[key];
		if (text === undefined) {
			// Gone, as it is while somebody uninstalls: what is known stays in force, as with the files.
			configuration.fallBack();
		} else {
			configuration.tell([text], observer);
		}
	};
	return followObjects({
		source,
		replaced: ({ items }) => {
			tell(items[0]);
			looked();
		},
		changed: ({ kind, object }) => tell(kind === "set" ? object : undefined),
		failed: (error) => {
			configuration.fallBack();
			failed(error);
			looked();
		},
		...rest,
	});
}
