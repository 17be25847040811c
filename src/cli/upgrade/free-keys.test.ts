import { expect, it } from "vitest";
import { isFreeKey } from "./free-keys.ts";

const schema = {
	additionalProperties: false,
	properties: {
		labels: { $ref: "#/definitions/map" },
		section: {
			additionalProperties: false,
			properties: { known: {}, open: { additionalProperties: true, properties: { named: {} } } },
		},
		either: { anyOf: [{ type: "null" }, { additionalProperties: { type: "string" } }] },
		ghost: { $ref: "#/definitions/gone" },
		itself: { $ref: "#/properties/itself" },
	},
	definitions: { map: { type: "object", additionalProperties: { type: "string" } } },
};

it.each([
	["labels", false],
	["labels.a", true],
	["section.known", false],
	["section.unknown", false],
	["section.open.named", false],
	["section.open.other", true],
	["either.a", true],
	["ghost.a", false],
	["itself.a", false],
	["nowhere.a", false],
])("%s: %s", (path, expected) => {
	expect(isFreeKey(schema, path.split("."))).toBe(expected);
});

it("takes a schema that says nothing for one that names everything", () => {
	expect(isFreeKey({}, ["a", "b"])).toBe(false);
});
