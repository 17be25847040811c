import { redirectAnnotation } from "../policy/annotation-keys.ts";
import type { ContainerResources } from "../policy/setting-forms.ts";
import { stampReferences, stampVariable } from "../policy/stamp-reader.ts";
import type { InjectConfig, ValidatorConfig } from "./config.ts";
import { imageFields, resourceFields, restricted } from "./container-fields.ts";
import type { JsonObject } from "./json.ts";
import { containerNames, shuntProgram } from "./names.ts";

/**
 * Fails, with the status that the repair controller looks for, while the CNI plugin's rules are not in place. It tries
 * the very policy that the plugin reads, the pod's stamp. Its user is nobody's: as the proxy's, it would be exempt from
 * what it is to see.
 */
export function validatorContainer(
	{ validator }: InjectConfig,
	resources: ContainerResources,
	stamp: string,
): JsonObject {
	return {
		name: containerNames.validator,
		...imageFields(validator.image),
		command: [shuntProgram, "validate"],
		args: [
			...["--log-format", validator.logFormat],
			...["--log-level", validator.logLevel],
			...option("--connect-addr", validator.connectAddr),
			...option("--listen-addr", validator.listenAddr),
			...["--timeout", validator.timeout],
		],
		env: [
			fromAnnotation("SHUNT_REDIRECT", redirectAnnotation),
			...stampReferences(stamp).map((name) => fromAnnotation(stampVariable(name), name)),
		],
		...resourceFields(resources),
		...securityFields(validator),
		terminationMessagePolicy: "FallbackToLogsOnError",
	};
}

function fromAnnotation(name: string, annotation: string): JsonObject {
	return { name, valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${annotation}']` } } };
}

/** Linkerd's single connection, for those who ask for it. */
function option(flag: string, value: string | undefined): string[] {
	return value === undefined ? [] : [flag, value];
}

function securityFields({ enableSecurityContext, securityContext }: ValidatorConfig): JsonObject {
	return enableSecurityContext ? { securityContext: securityContext ?? restricted(65_534, 65_534) } : {};
}
