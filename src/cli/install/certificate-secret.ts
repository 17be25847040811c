import { type PlainValue, parseValues, type RenderedChart } from "../../chart/index.ts";
import { exitCodes } from "../../domain/exit-code.ts";
import { isMap, textAt, valueAt } from "../chart/plain-maps.ts";
import { Refusal } from "./outcome.ts";

/** A Secret of the cluster, if it is there. */
interface Place {
	readonly name: string;
	readonly namespace: string;
	readonly secret: PlainValue | undefined;
}

/**
 * Throws a Refusal where the release would write its certificate into a Secret whose type or content cannot be changed
 * (https://kubernetes.io/docs/concepts/configuration/secret/): all else would be applied, and the API server then trusts a
 * certificate that nobody has.
 */
export function checkCertificateSecret(rendered: RenderedChart, { name, namespace, secret }: Place): void {
	const written = rendered.manifests.find((manifest) => manifest.kind === "Secret" && manifest.name === name);
	const wanted = written && parseValues(written.path, written.text, "exact");
	const why = wanted?.ok && isMap(secret) ? unwritable(secret, wanted.value) : undefined;
	if (why !== undefined) {
		throw new Refusal(
			exitCodes.failed,
			`the Secret ${name} in the namespace ${namespace} ${why}\ndelete it (kubectl delete secret -n ${namespace} ${name}), and run this again`,
		);
	}
}

function unwritable(secret: PlainValue, wanted: PlainValue): string | undefined {
	const [type, wantedType] = [textAt(secret, "type"), textAt(wanted, "type")];
	const changes = ["ca.crt", "tls.crt", "tls.key"].filter(
		(key) => textAt(secret, "data", key) !== textAt(wanted, "data", key),
	);
	if (type !== undefined && type !== wantedType) {
		return `has the type ${type}, which cannot become ${wantedType}`;
	}
	return valueAt(secret, ["immutable"]) === true && changes.length > 0
		? `is immutable, and other content is to be written into it (${changes.join(", ")})`
		: undefined;
}
