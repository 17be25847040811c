import type { Problem } from "../domain/problem.ts";
import { mostSimilar } from "../domain/similar.ts";
import {
	annotationNames,
	configKeys,
	configPrefix,
	injectAnnotation,
	linkerdInjectAnnotation,
	ownAnnotations,
} from "./annotation-keys.ts";
import type { Scope } from "./annotations.ts";

/**
 * What Linkerd reads besides what we do: pkg/k8s/labels.go of linkerd/linkerd2 as of August 2026, and names of its
 * earlier releases, which manifests still have. They say nothing here, and are nobody's mistake.
 */
const current =
	"access-log admission-webhooks debug-image debug-image-pull-policy debug-image-version " +
	"default-inbound-policy enable-debug-sidecar enable-external-profiles enable-gateway opaque-ports " +
	"pod-inbound-ports proxy-additional-env proxy-admin-shutdown proxy-await proxy-cpu-ratio-limit " +
	"proxy-disable-inbound-protocol-detect-timeout proxy-disable-outbound-protocol-detect-timeout " +
	"proxy-inbound-connect-timeout proxy-inbound-discovery-cache-unused-timeout proxy-log-format " +
	"proxy-log-http-headers proxy-log-level proxy-metrics-hostname-labels proxy-outbound-connect-timeout " +
	"proxy-outbound-discovery-cache-unused-timeout proxy-require-identity-inbound-ports " +
	"shutdown-grace-period";
const earlier =
	"debug disable-identity disable-tap init-image init-image-version metrics-port " +
	"proxy-destination-get-networks trace-collector";
const linkerdOnlyKeys: readonly string[] = [
	...`${current} ${earlier}`.split(" ").map((name) => `config.linkerd.io/${name}`),
	"config.alpha.linkerd.io/proxy-wait-before-exit-seconds",
	"config.alpha.linkerd.io/trace-collector-service-account",
];

/** A misspelt key would otherwise leave a hole that nobody sees. */
export function unknownConfigKeys({ prefix, annotations }: Scope): Problem[] {
	return Object.keys(annotations)
		.filter((name) => name.startsWith(configPrefix) && !ownKeys.includes(name))
		.map((name) => ({
			source: `${prefix} ${name}`,
			complaint: "is not known",
			accepted:
				nearest(name, ownKeys) ??
				`${configPrefix} with one of ${configKeys.map((key) => key.name).join(", ")}`,
		}));
}

const ownKeys = configKeys.map(({ name }) => `${configPrefix}${name}`);

/** What we would do, if it was spelt so. */
const actedUpon = configKeys.flatMap(({ name }) => annotationNames(name)).filter(isLinkerds);
const linkerdKeys = [...actedUpon, ...linkerdOnlyKeys];

function isLinkerds(name: string): boolean {
	return name.startsWith("config.") && /^config\.(?:alpha\.|beta\.)?linkerd\.io\//.test(name);
}

/**
 * Linkerd's keys are not ours to close: one that a newer Linkerd brought has to pass. One that is close to a key that we
 * act upon is a mistake all the same.
 */
export function misspeltLinkerdKeys({ prefix, annotations }: Scope): Problem[] {
	return unknownLinkerdKeys(annotations).flatMap((name) => {
		const meant = nearest(name, linkerdKeys);
		return meant !== undefined && actedUpon.includes(meant)
			? [{ source: `${prefix} ${name}`, complaint: "is not known", accepted: meant }]
			: [];
	});
}

/** The rest of them. */
export function unheardLinkerdKeys({ prefix, annotations }: Scope): string[] {
	return unknownLinkerdKeys(annotations).flatMap((name) => {
		const meant = nearest(name, linkerdKeys);
		if (meant !== undefined && actedUpon.includes(meant)) {
			return [];
		}
		const hint = meant === undefined ? "" : ` (is ${meant} meant?)`;
		return [`${prefix} ${name} is known neither here nor of Linkerd, and says nothing${hint}`];
	});
}

function unknownLinkerdKeys(annotations: Scope["annotations"]): string[] {
	return Object.keys(annotations).filter((name) => isLinkerds(name) && !linkerdKeys.includes(name));
}

/** A key of ours or Linkerd's whose own name is right, and whose prefix is nobody's. */
export function keysElsewhere({ prefix, annotations }: Scope): Problem[] {
	return Object.keys(annotations).flatMap((name) => {
		const meant = meantElsewhere(name);
		return meant === undefined || meant === name
			? []
			: [{ source: `${prefix} ${name}`, complaint: "is not known", accepted: meant }];
	});
}

/** What an annotation stands for that has the name of one behind a prefix which seems to be ours or Linkerd's. */
function meantElsewhere(name: string): string | undefined {
	const slash = name.indexOf("/");
	const candidates = [...ownKeys, ...actedUpon].filter((key) => key.endsWith(name.slice(slash)));
	if (slash < 1 || candidates.length === 0 || knownMarks.includes(name) || isLinkerds(name)) {
		return undefined;
	}
	const owner = ownerOf(name.slice(0, slash));
	return owner && (candidates.find((candidate) => candidate.includes(owner)) ?? candidates[0]);
}

function ownerOf(domain: string): string | undefined {
	const [, named] = /^(?:config[.-])?(shunt|linkerd)(?:[.-][a-z0-9-]+)*$/i.exec(domain) ?? [];
	const roots = ["shunt.dev", "config.shunt.dev", "linkerd.io", "config.linkerd.io"];
	return named?.toLowerCase() ?? /shunt|linkerd/.exec(mostSimilar(domain, roots) ?? "")?.[0];
}

/** Asked before anything else: a misspelt wish to be redirected would be none. */
export function misspeltInject({ prefix, annotations }: Scope): Problem[] {
	return Object.keys(annotations).flatMap((name) => {
		const wish = wishes.find(({ root }) => name.startsWith(root))?.name;
		const elsewhere = name.endsWith("/inject") && name !== wish ? wishElsewhere(name) : undefined;
		const meant =
			wish !== undefined && !knownMarks.includes(name) && nearest(name, [wish]) !== undefined
				? wish
				: elsewhere;
		return meant !== undefined
			? [{ source: `${prefix} ${name}`, complaint: "is not known", accepted: meant }]
			: [];
	});
}

function wishElsewhere(name: string): string | undefined {
	const owner = ownerOf(name.slice(0, name.indexOf("/")));
	return wishes.find(({ root }) => owner !== undefined && root.startsWith(owner))?.name;
}

const wishes = [injectAnnotation, linkerdInjectAnnotation].map((name) => ({
	name,
	root: name.slice(0, name.indexOf("/") + 1),
}));

/** Linkerd's injector writes the last itself, which is no wish for a version. */
const knownMarks = [...ownAnnotations, linkerdInjectAnnotation, "linkerd.io/proxy-version"];

/** The one that is close in what stands behind the slash, in kebab case; the same name elsewhere is closest. */
function nearest(name: string, candidates: readonly string[]): string | undefined {
	const bare = (key: string) => key.slice(key.indexOf("/") + 1);
	const word = bare(name)
		.replace(/([a-z])([A-Z])/g, "$1-$2")
		.replaceAll(/[_.]/g, "-");
	const meant = mostSimilar(word, candidates.map(bare));
	return candidates.find((candidate) => bare(candidate) === meant);
}
