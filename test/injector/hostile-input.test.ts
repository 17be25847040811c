import { connect as connectTcp } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reviewOf, typicalPod } from "./support/reviews.ts";
import { RunningInjector } from "./support/running-injector.ts";

let injector: RunningInjector;

beforeAll(async () => {
	injector = await RunningInjector.start({
		limits: { requestMs: 1000, checkMs: 100, lingerMs: 200, bodyBytes: 1_000_000 },
	});
});

afterAll(async () => {
	const { response } = await injector.client.review(reviewOf(typicalPod()));
	expect(response).toHaveProperty("patch");
	await injector.stop();
});

/** Everything that comes back until the connection ends. */
async function raw(send: (socket: TLSSocket) => void): Promise<string> {
	const socket = connect({ port: injector.port, ca: injector.authority.cert, servername: "localhost" });
	let text = "";
	socket.on("data", (part) => {
		text += part;
	});
	socket.on("secureConnect", () => send(socket));
	await new Promise((resolve) => socket.on("close", resolve).on("error", () => undefined));
	return text;
}

const head = (length: string) =>
	`POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${length}\r\n\r\n`;

describe("a body that is no review", () => {
	it.each([
		["nothing at all", "", "not JSON"],
		["half of JSON", '{"apiVersion": "admission.k8s.io/v1", ', "not JSON"],
		["bytes that are not UTF-8", Buffer.from([0x22, 0xff, 0xfe, 0x22]), "not JSON in UTF-8"],
		["a number", "7", "not an object"],
		["null", "null", "not an object"],
		["a list", "[]", "not an object"],
		[
			"an older version",
			'{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview"}',
			"admission.k8s.io/v1",
		],
		["another kind", '{"apiVersion":"admission.k8s.io/v1","kind":"Pod"}', "not an AdmissionReview"],
		["no request", '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}', "no request with a uid"],
		[
			"a request that is text",
			'{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":"x"}',
			"no request",
		],
		["nesting a million levels deep", "[".repeat(499_999) + "]".repeat(499_999), "not an object"],
		[
			"a uid that is an object",
			JSON.stringify({ ...reviewOf({}), request: { uid: {} } }),
			"no request with a uid",
		],
	])("%s is a Status that says so", async (_, body, complaint) => {
		const { status, body: answer } = await injector.client.post(body);
		expect(status).toBe(400);
		expect(JSON.parse(answer)).toMatchObject({
			kind: "Status",
			apiVersion: "v1",
			status: "Failure",
			code: 400,
			reason: "BadRequest",
			message: expect.stringContaining(complaint),
		});
	});

	it.each([
		["GET", "/", {}, 405],
		["POST", "/other", {}, 404],
		["POST", "/inject", { "content-type": "text/plain" }, 415],
	])("%s %s with %j is turned away", async (method, path, headers, expected) => {
		const { status, body } = await injector.client.send({ method, path, headers });
		expect(status).toBe(expected);
		expect(JSON.parse(body)).toMatchObject({ kind: "Status", code: expected });
	});
});

describe("a review that makes no sense", () => {
	const request = reviewOf(typicalPod())["request"] as Record<string, never>;
	// Put in as text: writing it as JSON would take more stack than there is.
	const nested = "[".repeat(5000) + "]".repeat(5000);

	it.each([
		["without an operation", { ...request, operation: undefined }, /no operation/],
		["without a kind", { ...request, kind: null }, /no operation or no kind/],
		["with a namespace that is a path", { ...request, namespace: "../secrets" }, /namespace/],
		["whose pod nests thousands of levels", { ...request, object: { spec: "NESTED" } }, /nests deeper/],
	])("%s is refused under its uid", async (_, changed, complaint) => {
		const text = JSON.stringify({ ...reviewOf({}), request: changed }).replace('"NESTED"', nested);
		const { status, body } = await injector.client.post(text);
		expect(status).toBe(200);
		expect(JSON.parse(body)).toMatchObject({
			apiVersion: "admission.k8s.io/v1",
			kind: "AdmissionReview",
			response: {
				uid: request["uid"],
				allowed: false,
				status: { code: 400, message: expect.stringMatching(complaint) },
			},
		});
	});

	it.each([null, 7, "pod", [], [1]])("whose pod is %j is refused", async (object) => {
		const { response } = await injector.client.review(reviewOf(object));
		expect(response).toMatchObject({ allowed: false, status: { code: 422 } });
	});

	it.each([
		["metadata", { metadata: 1, spec: {} }],
		["containers", { metadata: {}, spec: { containers: {} } }],
		["a container", { metadata: {}, spec: { containers: [null] } }],
		["annotations", { metadata: { annotations: ["shunt.dev/inject"] }, spec: {} }],
	])("in which %s has the wrong form is refused", async (_, pod) => {
		const { response } = await injector.client.review(reviewOf(pod));
		expect(response).toMatchObject({ allowed: false, status: { code: 422 } });
	});

	it("with __proto__ keys everywhere changes nothing but itself", async () => {
		const poison =
			'"__proto__":{"polluted":true,"hostNetwork":true},"constructor":{"prototype":{"polluted":1}}';
		const body = JSON.stringify(reviewOf(typicalPod()))
			.replaceAll('{"', `{${poison},"`)
			.replace('"shunt.dev/inject"', '"__proto__":"disabled","shunt.dev/inject"');
		const { body: answer } = await injector.client.post(body);
		expect(JSON.parse(answer)).toMatchObject({ response: { uid: expect.any(String) } });
		expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
		const { response } = await injector.client.review(reviewOf(typicalPod()));
		expect(response).toHaveProperty("patch");
	});
});

describe("a sender that does not behave", () => {
	it("and announces too much is told so before it sends", async () => {
		const text = await raw((socket) => socket.write(head("content-length: 99999999999")));
		expect(text).toMatch(/^HTTP\/1\.1 413 /);
		expect(text).toContain("RequestEntityTooLarge");
	});

	it("and never stops sending is cut off", async () => {
		const text = await raw((socket) => {
			const block = Buffer.alloc(65_536, "a");
			const chunk = Buffer.concat([Buffer.from("10000\r\n"), block, Buffer.from("\r\n")]);
			const go = () => {
				while (!socket.destroyed && socket.write(chunk)) {
					// Until it is full.
				}
			};
			socket.write(head("transfer-encoding: chunked"));
			socket.on("drain", go);
			go();
		});
		expect(text).toMatch(/^HTTP\/1\.1 413 |^$/);
	});

	it.each([
		["its headers", (socket: TLSSocket) => socket.write("POST / HTTP/1.1\r\nx: ")],
		["its body", (socket: TLSSocket) => socket.write(head("content-length: 100"))],
	])("and sends %s a byte at a time is cut off", async (_, begin) => {
		const text = await raw((socket) => {
			begin(socket);
			const drip = setInterval(() => socket.write("a"), 50);
			socket.on("close", () => clearInterval(drip));
		});
		expect(text).toMatch(/^HTTP\/1\.1 408 |^$/);
	});

	it("and never begins TLS is cut off", async () => {
		const socket = connectTcp(injector.port, "127.0.0.1");
		socket.on("error", () => undefined);
		await new Promise((resolve) => socket.on("close", resolve));
	});

	it("and hangs up in the middle harms nobody", async () => {
		const ends = Array.from({ length: 50 }, () =>
			raw((socket) => socket.write(`${head("content-length: 100")}half`, () => socket.destroy())),
		);
		expect(await Promise.all(ends)).toEqual(Array(50).fill(""));
		await injector.until(
			async () => (await injector.metric('requests_turned_away_total{status="400"}')) >= 50,
		);
	});
});

describe("an internal error", () => {
	it("is answered with a reason that the user sees", async () => {
		const { Status } = await import("../support/api-server/status.ts");
		injector.api.obstacle = () => new Status(500, "InternalError", "etcd is on fire");
		const { response } = await injector.client.review(reviewOf(typicalPod(), { namespace: "unheard-of" }));
		expect(response).toMatchObject({
			allowed: false,
			status: {
				code: 500,
				message: expect.stringMatching(
					/annotations of namespace unheard-of are not known: the API server answered 500/,
				),
			},
		});
		injector.api.obstacle = () => undefined;
	});
});
