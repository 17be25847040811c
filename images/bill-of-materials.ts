import { Enums, Models, Serialize, Spec } from "@cyclonedx/cyclonedx-library";
import { PackageURL } from "packageurl-js";
import type { Ingredient } from "./components.ts";

/** What a bill of materials is about. */
export interface Product {
	readonly name: string;
	readonly version: string;
	readonly type: "container" | "application";
}

/**
 * A CycloneDX document (1.6, JSON) of what is in a product, sorted and without a serial number, so that the same product has
 * the same one. `time` is when the product was made.
 */
export function billOfMaterials(
	{ name, version, type }: Product,
	ingredients: readonly Ingredient[],
	time: Date,
): string {
	const bom = new Models.Bom();
	bom.metadata.timestamp = time;
	const kind = type === "container" ? Enums.ComponentType.Container : Enums.ComponentType.Application;
	bom.metadata.component = new Models.Component(kind, name, {
		version,
		bomRef: `${name}@${version}`,
	});
	// Each once.
	for (const [purl, ingredient] of new Map(ingredients.map((one) => [urlOf(one), one]))) {
		bom.components.add(componentOf(ingredient, purl));
	}
	const factory = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
	return `${new Serialize.JsonSerializer(factory).serialize(bom, { sortLists: true, space: "\t" })}\n`;
}

function urlOf({ kind, name, version, architecture }: Ingredient): string {
	const [scope, own] = kind === "npm" && name.startsWith("@") ? name.split("/") : [undefined, name];
	const namespace = kind === "deb" ? "debian" : scope;
	const qualifiers = architecture === undefined ? undefined : { arch: architecture };
	return new PackageURL(kind, namespace, own ?? name, version, qualifiers, undefined).toString();
}

function componentOf({ kind, name, version, sha256 }: Ingredient, purl: string): Models.Component {
	const type = kind === "generic" ? Enums.ComponentType.Application : Enums.ComponentType.Library;
	const component = new Models.Component(type, name, { version, purl, bomRef: purl });
	if (sha256 !== undefined) {
		component.hashes.set(Enums.HashAlgorithm["SHA-256"], sha256);
	}
	return component;
}
