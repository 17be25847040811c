import fc from "fast-check";
import { reviewOf, typicalPod } from "./reviews.ts";

const review = Buffer.from(JSON.stringify(reviewOf(typicalPod())));

/** Bytes that were a review once: flipped, cut out, doubled, exchanged for what JSON is made of. */
const damagedBytes: fc.Arbitrary<Buffer> = fc
	.array(
		fc.record({
			at: fc.nat(review.length - 1),
			how: fc.constantFrom("flip", "cut", "double", "write"),
			length: fc.integer({ min: 1, max: 40 }),
			bit: fc.integer({ min: 0, max: 7 }),
			text: fc.constantFrom(
				"{",
				"}",
				"[",
				"]",
				'"',
				":",
				",",
				"null",
				"1e999",
				"\\ud800",
				'"__proto__":',
				"\0",
			),
		}),
		{ minLength: 1, maxLength: 8 },
	)
	.map((damages) => damages.reduce(damage, review));

interface Damage {
	readonly at: number;
	readonly how: "flip" | "cut" | "double" | "write";
	readonly length: number;
	readonly bit: number;
	readonly text: string;
}

function damage(bytes: Buffer, { at, how, length, bit, text }: Damage): Buffer {
	switch (how) {
		case "flip": {
			const flipped = Buffer.from(bytes);
			flipped[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 << bit);
			return flipped;
		}
		case "cut":
			return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
		case "double":
			return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
		case "write":
			return Buffer.concat([bytes.subarray(0, at), Buffer.from(text), bytes.subarray(at)]);
	}
}

const key = fc.constantFrom(
	"__proto__",
	"constructor",
	"prototype",
	"toString",
	"metadata",
	"spec",
	"containers",
	"initContainers",
	"annotations",
	"labels",
	"name",
	"volumes",
	"shunt.dev/inject",
	"shunt.dev/injected",
	"shunt.dev/redirect",
	"config.shunt.dev/proxy-uid",
	"config.shunt.dev/skip-inbound-ports",
	"linkerd.io/inject",
);

const leaf = fc.oneof(
	fc.constantFrom(
		null,
		true,
		false,
		0,
		-1,
		1e308,
		2102,
		"",
		"enabled",
		"disabled",
		"\u0000",
		"\ud800",
		"80-20",
	),
	fc.string({ maxLength: 8 }),
	fc.integer(),
	fc.double(),
);

const { value: anything } = fc.letrec<{ value: unknown }>((tie) => ({
	value: fc.oneof(
		{ maxDepth: 4, depthSize: "small" },
		leaf,
		fc.array(tie("value"), { maxLength: 3 }),
		fc.array(fc.tuple(key, tie("value")), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
	),
}));

/** One or more places of a good review that hold something else. */
const changedValues: fc.Arbitrary<Buffer> = fc
	.array(fc.tuple(fc.array(fc.nat(30), { minLength: 1, maxLength: 7 }), key, anything), {
		minLength: 1,
		maxLength: 4,
	})
	.map((changes) => {
		const changed = JSON.parse(review.toString());
		for (const [path, name, value] of changes) {
			change(changed, path, { name, value });
		}
		return Buffer.from(JSON.stringify(changed));
	});

/** Walks down by positions and puts the value there, or beside it under a name. */
function change(
	parent: object,
	[step = 0, ...rest]: readonly number[],
	put: { name: string; value: unknown },
) {
	const keys = Object.keys(parent);
	const chosen = keys[step % Math.max(1, keys.length)] ?? put.name;
	// Own ones alone, or it would be the test that changes prototypes.
	const child: unknown = Object.hasOwn(parent, chosen) ? Reflect.get(parent, chosen) : undefined;
	if (rest.length > 0 && typeof child === "object" && child !== null) {
		change(child, rest, put);
		return;
	}
	const place = step % 5 === 0 && !Array.isArray(parent) ? put.name : chosen;
	Object.defineProperty(parent, place, {
		value: put.value,
		enumerable: true,
		writable: true,
		configurable: true,
	});
}

/** Reviews with a good envelope and any pod at all. */
const anyPod: fc.Arbitrary<Buffer> = anything.map((pod) =>
	Buffer.from(
		JSON.stringify({ ...reviewOf(null), request: { ...(reviewOf(null)["request"] as object), object: pod } }),
	),
);

export const mutatedReview: fc.Arbitrary<Buffer> = fc.oneof(
	damagedBytes,
	changedValues,
	changedValues,
	anyPod,
);
