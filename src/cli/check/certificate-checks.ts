import { createPrivateKey, type X509Certificate } from "node:crypto";
import { AdmissionregistrationV1Api, CoreV1Api } from "@kubernetes/client-node";
import { attempt } from "../../domain/attempt.ts";
import { formatProblem } from "../../domain/problem.ts";
import { objectAt, textAt } from "../../inject/json.ts";
import { type CertificateUse, certificateProblems, isFor } from "../chart/certificate-problems.ts";
import { type CertificatePart, isTrusted, readCertificates } from "../chart/certificate-texts.ts";
import { certificateSecretName, injectorHost, injectorName } from "../chart/store.ts";
import {
	type Check,
	type CheckContext,
	failed,
	type Outcome,
	passed,
	passedWith,
	skipped,
	warning,
} from "./check.ts";

/** Long enough for somebody to do something about it; cert-manager renews earlier (a third before the end). */
const soonDays = 14;
const day = 86_400_000;

/** What the injector serves with. */
interface Served {
	readonly leaf: X509Certificate;
	readonly certificates: readonly X509Certificate[];
	readonly key: string;
	/** What has the certificates. */
	readonly crt: CertificatePart;
}

async function readServed(context: CheckContext): Promise<Served | string> {
	const { cluster, namespace } = context;
	const name = await secretName(context);
	const secret = await cluster.find(cluster.api(CoreV1Api).readNamespacedSecret({ name, namespace }));
	if (secret === undefined) {
		return `there is no Secret ${name} in namespace ${namespace}`;
	}
	const crt = { source: `Secret ${name}: tls.crt`, text: decode(secret.data?.["tls.crt"]) };
	const certificates = readCertificates(crt.text);
	const [leaf] = certificates ?? [];
	return certificates === undefined || leaf === undefined
		? `the Secret ${name} has no certificate in tls.crt`
		: { leaf, certificates, key: decode(secret.data?.["tls.key"]), crt };
}

/** One of the user's own, where the values name it. */
async function secretName({ release }: CheckContext): Promise<string> {
	const values = await release.values();
	const tls = values.kind === "read" ? objectAt(objectAt(values.value, "injector"), "tls") : {};
	return textAt(tls, "existingSecret") || certificateSecretName;
}

function decode(base64: string | undefined): string {
	return Buffer.from(base64 ?? "", "base64").toString();
}

/** For a check that is about the certificate; that there is one is the first check's business. */
async function withServed(
	context: CheckContext,
	check: (served: Served) => Outcome | Promise<Outcome>,
): Promise<Outcome> {
	const served = await readServed(context);
	return typeof served === "string" ? skipped(served) : check(served);
}

const present: Check = {
	id: "certificate-pair",
	description: "the injector has a certificate and its key",
	isWorthWaiting: true,
	run: async (context) => {
		const served = await readServed(context);
		if (typeof served === "string") {
			return failed(served);
		}
		return belongsTogether(served) ? passed : failed("the key in tls.key is not the certificate's");
	},
};

function belongsTogether({ leaf, key }: Served): boolean {
	return attempt(() => leaf.checkPrivateKey(createPrivateKey(key))) ?? false;
}

const current: Check = {
	id: "certificate-current",
	description: "the injector's certificate is valid today",
	run: (context) =>
		withServed(context, ({ leaf }) => {
			const now = context.now();
			if (now < Date.parse(leaf.validFrom)) {
				return failed(`it is valid from ${leaf.validFrom} on: is a clock wrong?`);
			}
			return now > Date.parse(leaf.validTo) ? failed(`it expired on ${leaf.validTo}`) : passed;
		}),
};

const lasting: Check = {
	id: "certificate-expiry",
	description: `the injector's certificate is valid for ${soonDays} days more`,
	run: (context) =>
		withServed(context, ({ leaf }) => {
			const end = Date.parse(leaf.validTo);
			return end - context.now() < soonDays * day
				? warning(`it expires on ${leaf.validTo}`)
				: passedWith(`until ${new Date(end).toISOString().slice(0, 10)}`);
		}),
};

/** The API server asks for the Service by this name. */
const named: Check = {
	id: "certificate-name",
	description: "the injector's certificate is for its Service's name",
	run: (context) =>
		withServed(context, ({ leaf }) => {
			const name = injectorHost(context.namespace);
			return !isFor(leaf, name)
				? failed(`it is not for ${name} but for ${leaf.subjectAltName ?? "no name at all"}`)
				: passed;
		}),
};

const trusted: Check = {
	id: "certificate-authority",
	description: "the webhook's caBundle trusts the injector's certificate",
	// cert-manager puts the bundle in place a moment after the rest.
	isWorthWaiting: true,
	run: (context) =>
		withServed(context, async (served) => {
			const { cluster } = context;
			const found = await cluster.find(
				cluster.api(AdmissionregistrationV1Api).readMutatingWebhookConfiguration({ name: injectorName }),
			);
			const webhooks = found?.webhooks ?? [];
			if (webhooks.length === 0) {
				return skipped("there is no webhook");
			}
			const use = { host: injectorHost(context.namespace), now: context.now() };
			const reasons = webhooks.flatMap(({ name, clientConfig }) =>
				distrust(clientConfig.caBundle, served, use).map((reason) => `${name}: ${reason}`),
			);
			return reasons.length === 0
				? passed
				: failed(
						reasons.every((reason) => reason.includes("private key"))
							? "everybody who may read the webhook's configuration can be the injector"
							: "the API server will not talk to the injector",
						reasons,
					);
		}),
};

/** What is wrong with a bundle, alone and for a certificate of which all else is right. */
function distrust(
	caBundle: string | undefined,
	{ certificates, crt }: Served,
	use: CertificateUse,
): string[] {
	if (!caBundle) {
		return ["has no caBundle"];
	}
	const ca = { source: "caBundle", text: decode(caBundle) };
	const own = certificateProblems({ crt }, use).map(formatProblem);
	const joint = certificateProblems({ ca, crt }, use).map(formatProblem);
	const added = joint.filter((problem) => !own.includes(problem));
	const isSignedByAnother = !isTrusted(certificates, readCertificates(ca.text) ?? []);
	return isSignedByAnother && !ca.text.includes("PRIVATE KEY") ? ["signed by another"] : added;
}

export const certificates: readonly Check[] = [present, current, lasting, named, trusted];
