// What `helm test` runs: asks the injector, as the API server would, to inject a pod that nobody creates, and looks at
// what it would add. URL, CA, NAMESPACE and EXPECTED (a container's name and how its arguments begin) come from the chart.
import { request } from "node:https";

const { URL: url, CA: ca, NAMESPACE: namespace, EXPECTED } = process.env;
const expected = JSON.parse(EXPECTED);

const review = {
	apiVersion: "admission.k8s.io/v1",
	kind: "AdmissionReview",
	request: {
		uid: "helm-test",
		kind: { group: "", version: "v1", kind: "Pod" },
		resource: { group: "", version: "v1", resource: "pods" },
		name: "helm-test",
		namespace,
		operation: "CREATE",
		userInfo: {},
		dryRun: true,
		object: {
			apiVersion: "v1",
			kind: "Pod",
			metadata: { name: "helm-test", annotations: { "shunt.dev/inject": "enabled" } },
			spec: { containers: [{ name: "app", image: "app" }] },
		},
	},
};

function ask(body) {
	return new Promise((resolve, reject) => {
		const options = { method: "POST", ca, timeout: 10_000, headers: { "content-type": "application/json" } };
		const sent = request(url, options, async (response) => {
			const chunks = await response.toArray();
			resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() });
		});
		sent.on("timeout", () => sent.destroy(new Error("no answer within 10 seconds")));
		sent.on("error", reject);
		sent.end(body);
	});
}

/** Every object in a value that bears the name. */
function named(value, name) {
	const found = value?.name === name ? [value] : [];
	const below = typeof value === "object" && value !== null ? Object.values(value) : [];
	return [...found, ...below.flatMap((item) => named(item, name))];
}

function fail(message) {
	console.error(`FAILED: ${message}`);
	process.exit(1);
}

const { status, text } = await ask(JSON.stringify(review)).catch((error) => fail(`${url}: ${error.message}`));
const answer = status === 200 ? JSON.parse(text).response : fail(`${url} answered ${status}: ${text}`);
if (!answer.allowed || answer.patch === undefined) {
	fail(`the injector left the pod as it was: ${JSON.stringify(answer)}`);
}
const patch = JSON.parse(Buffer.from(answer.patch, "base64"));
const [container] = named(patch, expected.container);
if (container === undefined) {
	fail(`there is no container ${expected.container} in what the injector adds: ${JSON.stringify(patch)}`);
}
const begin = container.args.slice(0, expected.args.length);
if (JSON.stringify(begin) !== JSON.stringify(expected.args)) {
	fail(`${expected.container} begins with ${begin.join(" ")}, not ${expected.args.join(" ")}`);
}
console.log(`The injector adds ${named(patch, "shunt-proxy").length} proxy and ${expected.container}, with`);
console.log(`  ${container.args.join(" ")}`);
