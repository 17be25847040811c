import type { X509Certificate } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
	Certificate,
	type GeneralSubtrees,
	id_ce_nameConstraints,
	NameConstraints,
} from "@peculiar/asn1-x509";
import { attempt } from "../../domain/attempt.ts";

/**
 * Whether a CA may sign for a DNS name: companies' often may for their own domains alone. Node tells nothing of it, and
 * Go, and so the API server, refuses what such a one signed for others (matchDomainConstraint in crypto/x509).
 */
export function maySignFor(authority: X509Certificate, name: string): boolean {
	const constraints = attempt(() => constraintsOf(authority));
	if (constraints === undefined) {
		return true;
	}
	const permitted = domainsOf(constraints.permittedSubtrees);
	const covers = (domain: string) => isBelow(name, domain);
	return (
		(permitted.length === 0 || permitted.some(covers)) &&
		!domainsOf(constraints.excludedSubtrees).some(covers)
	);
}

function constraintsOf({ raw }: X509Certificate): NameConstraints | undefined {
	const { extensions = [] } = AsnConvert.parse(raw, Certificate).tbsCertificate;
	const found = extensions.find(({ extnID }) => extnID === id_ce_nameConstraints);
	return found && AsnConvert.parse(found.extnValue, NameConstraints);
}

function domainsOf(subtrees: GeneralSubtrees | undefined): string[] {
	return [...(subtrees ?? [])].flatMap(({ base }) => base.dNSName ?? []);
}

/** A dot at the start leaves out the domain itself. */
function isBelow(name: string, constraint: string): boolean {
	const domain = constraint.toLowerCase();
	const ending = domain.startsWith(".") ? domain : `.${domain}`;
	return domain === "" || name === domain || name.endsWith(ending);
}
