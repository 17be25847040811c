import { expect, it } from "vitest";
import { selects } from "./webhook-scope.ts";

const labels = { app: "web", tier: "front" };

it.each([
	[undefined, true],
	[{}, true],
	[{ matchLabels: { app: "web" } }, true],
	[{ matchLabels: { app: "web", tier: "back" } }, false],
	[{ matchExpressions: [{ key: "app", operator: "In", values: ["api", "web"] }] }, true],
	[{ matchExpressions: [{ key: "gone", operator: "In", values: ["web"] }] }, false],
	[{ matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] }, false],
	[{ matchExpressions: [{ key: "gone", operator: "NotIn", values: ["web"] }] }, true],
	[{ matchExpressions: [{ key: "app", operator: "Exists" }] }, true],
	[{ matchExpressions: [{ key: "app", operator: "DoesNotExist" }] }, false],
	[{ matchExpressions: [{ key: "gone", operator: "DoesNotExist" }] }, true],
	[
		{
			matchLabels: { app: "web" },
			matchExpressions: [{ key: "tier", operator: "NotIn", values: ["front"] }],
		},
		false,
	],
	[{ matchExpressions: [{ key: "app", operator: "Newer" }] }, false],
])("%j selects: %s", (selector, expected) => {
	expect(selects(selector, labels)).toBe(expected);
});
