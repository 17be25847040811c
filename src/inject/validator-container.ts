import type { RedirectPolicy } from "../domain/redirect-policy.ts";
import type { InjectConfig, ValidatorConfig } from "./config.ts";
import { imageFields } from "./image-fields.ts";
import type { JsonObject } from "./json.ts";
import { containerNames, shuntProgram } from "./names.ts";
import { resourceFields } from "./resource-fields.ts";
import { restricted } from "./security-context.ts";
import { redirectedAddress } from "./validator-address.ts";

/**
 * Fails, with the status that the repair controller looks for, while the CNI plugin's rules are not in place. Its user
 * is nobody's: as the proxy's, it would be exempt from what it is to see.
 */
export function validatorContainer(
	policy: RedirectPolicy,
	{ validator, proxy }: InjectConfig,
	resources: InjectConfig["proxy"]["resources"] = proxy.resources,
): JsonObject {
	return {
		name: containerNames.validator,
		...imageFields(validator.image),
		command: [shuntProgram, "validate"],
		args: [
			...["--log-format", validator.logFormat],
			...["--log-level", validator.logLevel],
			...["--connect-addr", validator.connectAddr ?? redirectedAddress(policy)],
			...["--listen-addr", validator.listenAddr ?? listenAddress(policy)],
			...["--timeout", validator.timeout],
		],
		...resourceFields(resources),
		...securityFields(validator),
		terminationMessagePolicy: "FallbackToLogsOnError",
	};
}

function listenAddress({ families, outbound }: RedirectPolicy): string {
	return `${families.includes("ipv6") ? "[::]" : "0.0.0.0"}:${outbound.proxyPort}`;
}

function securityFields({ enableSecurityContext, securityContext }: ValidatorConfig): JsonObject {
	return enableSecurityContext ? { securityContext: securityContext ?? restricted(65_534, 65_534) } : {};
}
