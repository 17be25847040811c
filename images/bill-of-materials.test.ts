import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { describe, expect, it } from "vitest";
import { billOfMaterials } from "./bill-of-materials.ts";
import { bundledPackages, ingredientsOf } from "./components.ts";
import { type FileTree, file } from "./file-tree.ts";

const control = "Package: libmnl0\nVersion: 1.0.4-3\nArchitecture: arm64\n";
const tree: FileTree = new Map([
	["/var/lib/dpkg/status.d/libmnl0", file(control)],
	["/usr/bin/node", file("\0junk https://nodejs.org/download/release/v20.1.2/node-v20.1.2.tar.gz\0")],
	[
		"/usr/lib/shunt/node_modules/@koromix/koffi-linux-x64/package.json",
		file('{"name":"@koromix/koffi-linux-x64","version":"3.3.4"}'),
	],
	["/usr/bin/shunt", file("a native program")],
]);
const product = { name: "shunt/shunt-init", version: "0.1.0", type: "container" } as const;
const time = new Date(0);

describe("what is in an image", () => {
	it("is told from its files: Debian's packages, Node, npm's packages and crates", () => {
		const ingredients = ingredientsOf(tree);
		expect(ingredients.slice(0, 3)).toEqual([
			{ kind: "deb", name: "libmnl0", version: "1.0.4-3", architecture: "arm64" },
			{ kind: "generic", name: "node", version: "20.1.2" },
			{ kind: "npm", name: "@koromix/koffi-linux-x64", version: "3.3.4" },
		]);
		expect(ingredients[3]).toMatchObject({ kind: "npm", name: "ipaddr.js" });
		const crates = ingredients.slice(4);
		expect(crates.map(({ name }) => name)).toContain("rquickjs");
		expect(crates.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256 ?? ""))).toBe(true);
		expect(crates.map(({ name }) => name)).not.toContain("shunt-native");
	});

	it("has the bundled packages where the bundles are", () => {
		const bundles: FileTree = new Map([["/usr/lib/shunt/dist/main/shunt.js", file("")]]);
		expect(ingredientsOf(bundles)).toEqual(bundledPackages());
		expect(bundledPackages().map(({ name }) => name)).toContain("@kubernetes/client-node");
	});

	it.each([
		["a package without a version", "/var/lib/dpkg/status.d/x", "Package: x\nArchitecture: all\n"],
		["a Node that does not say which", "/usr/bin/node", "something else"],
		["a package of npm without a version", "/a/node_modules/b/package.json", '{"name":"b"}'],
	])("is an error where it cannot be told: %s", (_, path, text) => {
		expect(() => ingredientsOf(new Map([[path, file(text)]]))).toThrow(/is not told/);
	});
});

describe("a bill of materials", () => {
	const text = billOfMaterials(product, ingredientsOf(tree), time);

	it("is one by CycloneDX' own schema", async () => {
		const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
		expect(await validator.validate(text)).toBeNull();
		expect(await validator.validate(text.replace('"bomFormat"', '"bomformat"'))).not.toBeNull();
	});

	it("names each thing by its package URL", () => {
		const urls = JSON.parse(text).components.map(({ purl }: { readonly purl: string }) => purl);
		expect(urls).toEqual(
			expect.arrayContaining([
				"pkg:deb/debian/libmnl0@1.0.4-3?arch=arm64",
				"pkg:generic/node@20.1.2",
				"pkg:npm/%40koromix/koffi-linux-x64@3.3.4",
			]),
		);
		expect(new Set(urls).size).toBe(urls.length);
	});

	it("is the same for the same product", () => {
		const again = billOfMaterials(product, [...ingredientsOf(tree)].reverse(), time);
		expect(again).toBe(text);
	});
});
