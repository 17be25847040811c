import { CallError, type GoMap, GoObject, unsupported, type Value } from "../go/value.ts";
import {
	type CertificateAndKey,
	type CertificateRequest,
	type ChartPort,
	fromPlain,
	type LookupQuery,
} from "../port.ts";
import { type FunctionTable, fixed } from "./function.ts";

/** What templates ask of the world: certificates, the time and the cluster's objects. */
export function worldFunctions(port: ChartPort): FunctionTable {
	return {
		genCA: fixed(["string", "int"], (commonName, daysValid) =>
			issue(port, { kind: "ca", commonName, daysValid, ipAddresses: [], dnsNames: [] }),
		),
		genSignedCert: fixed(
			["string", "list", "list", "int", "any"],
			(commonName, addresses, names, daysValid, issuer) =>
				issue(port, {
					kind: "signed",
					commonName,
					daysValid,
					ipAddresses: textsOf(addresses, "ip"),
					dnsNames: textsOf(names, "alternate dns name"),
					issuer: certificateOf(issuer),
				}),
		),
		now: fixed([], () => timeOf(port)),
		dateInZone: fixed(["string", "any", "string"], formatTime),
		lookup: fixed(["string", "string", "string", "string"], (apiVersion, kind, namespace, name) =>
			lookUpObject(port, { apiVersion, kind, namespace, name }),
		),
	};
}

/** The only layout of Go's that charts ask for, which sorts as time does. */
const sortable = "20060102150405";

function timeOf(port: ChartPort): GoObject {
	if (port.now === undefined) {
		throw new CallError("the time is not available here");
	}
	const utc = new Date(port.now()).toISOString().replace(/[-:T]|\..*$/g, "");
	return new GoObject("time.Time", { utc });
}

function formatTime(layout: string, time: Value, zone: string): Value {
	const utc = time instanceof GoObject && time.type === "time.Time" ? time.fields.get("utc") : undefined;
	if (layout !== sortable || zone !== "UTC" || utc === undefined) {
		throw unsupported(`a time of another form than ${sortable} in UTC`);
	}
	return utc;
}

/** sprig's `certificate` struct. */
function issue(port: ChartPort, request: CertificateRequest): GoObject {
	if (port.issueCertificate === undefined) {
		throw new CallError("certificates are not available here");
	}
	const { certificate, key } = port.issueCertificate(request);
	return new GoObject("sprig.certificate", { Cert: certificate, Key: key });
}

function textsOf(items: Value[], what: string): string[] {
	if (!items.every((item) => typeof item === "string")) {
		throw new CallError(`error processing ${what}: not all of it is text`);
	}
	return items;
}

function certificateOf(value: Value): CertificateAndKey {
	const fields = value instanceof GoObject && value.type === "sprig.certificate" ? value.fields : undefined;
	const [certificate, key] = [fields?.get("Cert"), fields?.get("Key")];
	if (typeof certificate !== "string" || typeof key !== "string") {
		throw new CallError("wrong type for value; expected sprig.certificate");
	}
	return { certificate, key };
}

function lookUpObject(port: ChartPort, query: LookupQuery): GoMap {
	const object = fromPlain(port.lookup?.(query) ?? {});
	if (!(object instanceof Map)) {
		throw new CallError(`lookup of ${query.kind} ${query.name} found something that is no object`);
	}
	return object;
}
