import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { Mode } from "../../../src/domain/mode.ts";
import { envoyImage } from "../cri/envoy-image.ts";
import { imageReference } from "../cri/shunt-machine.ts";
import { runShunt } from "../programs.ts";
import type { PodManifest } from "./pod-spec.ts";
import type { ConfigMaps } from "./volumes.ts";

export interface Injection {
	readonly mode: Mode;
	readonly proxy: "shunt" | "envoy";
	/** As an init container that keeps running; otherwise beside the application. */
	readonly nativeSidecar: boolean;
	/** The node's CNI plugin makes the rules, and the pod gets the validator. */
	readonly cniEnabled?: boolean;
}

export interface Injected {
	/** As the Deployment's controller would create it. */
	readonly pod: PodManifest;
	readonly configMaps: ConfigMaps;
	readonly report: string;
}

/** What `shunt inject --manual` makes of a Deployment and the ConfigMaps beside it. */
export function injectManifest(manifest: string, injection: Injection, folder: string): Injected {
	const values = join(folder, "values.json");
	writeFileSync(values, JSON.stringify(valuesFor(injection)));
	const input = manifest.replaceAll("IMAGE", imageReference("shunt"));
	const { status, stdout, stderr } = runShunt(["inject", "--manual", "--config", values, "-"], { input });
	if (status !== 0) {
		throw new Error(`shunt inject: exit status ${status}: ${stderr}`);
	}
	const objects = parseAllDocuments(stdout).map((document) => document.toJS());
	const deployment = objects.find(({ kind }) => kind === "Deployment");
	const configMaps = objects.filter(({ kind }) => kind === "ConfigMap");
	const { metadata, spec } = deployment.spec.template;
	return {
		pod: { metadata: { ...metadata, name: deployment.metadata.name }, spec },
		configMaps: new Map(configMaps.map(({ metadata: { name }, data }) => [name, data])),
		report: stderr,
	};
}

function valuesFor({ mode, proxy, nativeSidecar, cniEnabled = false }: Injection): object {
	const images = { shunt: imageOf("shunt"), envoy: envoyImage };
	return {
		disableIPv6: false,
		cniEnabled,
		proxyInit: { iptablesMode: mode, image: imageOf("shunt-init") },
		proxy: { kind: proxy, nativeSidecar, image: images[proxy] },
		networkValidator: { image: imageOf("shunt") },
	};
}

function imageOf(name: "shunt" | "shunt-init"): { name: string; version: string } {
	const reference = imageReference(name);
	const colon = reference.lastIndexOf(":");
	return { name: reference.slice(0, colon), version: reference.slice(colon + 1) };
}
