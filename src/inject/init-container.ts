import { defaultMode, type Mode } from "../domain/mode.ts";
import { formatItem, itemsOf } from "../policy/field.ts";
import { fields, inOrder, type PolicyField } from "../policy/fields.ts";
import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import type { ContainerResources } from "../policy/setting-forms.ts";
import type { InjectConfig } from "./config.ts";
import { imageFields, initSecurityContext, resourceFields } from "./container-fields.ts";
import type { JsonObject } from "./json.ts";
import { containerNames, shuntProgram } from "./names.ts";

/** Programs the pod's rules and ends. */
export function initContainer(
	policy: RedirectPolicy,
	config: InjectConfig,
	{
		closeWaitSeconds,
		resources,
	}: { readonly closeWaitSeconds: number; readonly resources: ContainerResources },
): JsonObject {
	return {
		name: containerNames.init,
		...imageFields(config.init.image),
		command: [shuntProgram, "init"],
		args: initArgs(policy, config, closeWaitSeconds),
		...resourceFields(resources),
		securityContext: initSecurityContext(config.init, closeWaitSeconds),
		// So that `kubectl describe pod` shows the reason of a failure.
		terminationMessagePolicy: "FallbackToLogsOnError",
		volumeMounts: [{ name: config.init.xtMountPath.name, mountPath: config.init.xtMountPath.mountPath }],
	};
}

/** iptables writes its lock file below /run, and the container's own file system is read-only. */
export function initVolume({ init }: InjectConfig): JsonObject {
	return { name: init.xtMountPath.name, emptyDir: {} };
}

/** In the order of Linkerd's injector, since there is tooling that compares them by position. */
const beforeOptions = [
	...["incoming-proxy-port", "outgoing-proxy-port", "proxy-uid", "proxy-gid"],
	...["inbound-ports-to-ignore", "outbound-ports-to-ignore"],
];

/** The same, and then those that only we have. */
const afterOptions = [
	...["subnets-to-ignore", "ports-to-redirect", "inbound-interfaces-to-ignore", "outbound-ports-to-redirect"],
	...["outbound-subnets-to-ignore", "outbound-interfaces-to-ignore", "uids-to-ignore"],
];

const isBefore = ({ field }: PolicyField) => beforeOptions.includes(field.flag);
const flagOf = ({ field }: PolicyField) => field.flag;
const first = inOrder(fields.filter(isBefore), beforeOptions, flagOf);
const last = inOrder(
	fields.filter((each) => !isBefore(each)),
	afterOptions,
	flagOf,
);

/** The policy as arguments of `shunt init`. */
export function initArgs(
	policy: RedirectPolicy,
	{ mode, init }: InjectConfig,
	closeWaitSeconds: number,
): readonly string[] {
	const args = ({ direction, field }: PolicyField) =>
		list(
			`--${field.flag}`,
			itemsOf(field, policy[direction]).map((item) => formatItem(field, item)),
		);
	return [
		...modeArgs(mode),
		...(policy.families.includes("ipv6") ? [] : ["--ipv6=false"]),
		...first.flatMap(args),
		...option("--timeout-close-wait-secs", closeWaitSeconds || undefined),
		...option("--log-format", init.logFormat),
		...option("--log-level", init.logLevel),
		...last.flatMap(args),
	];
}

function option(flag: string, value: string | number | undefined): string[] {
	return value === undefined ? [] : [flag, `${value}`];
}

/** Repeated where one argument would be longer than a kernel takes (see pod-size.ts). */
function list(flag: string, items: readonly (string | number)[]): string[] {
	const text = items.join(",");
	if (text.length <= longArgument) {
		return items.length === 0 ? [] : [flag, text];
	}
	const half = Math.ceil(items.length / 2);
	return [...list(flag, items.slice(0, half)), ...list(flag, items.slice(half))];
}

/** In characters, of which only an interface's name has some of more than a byte, and is short. */
const longArgument = 100_000;

/**
 * How the mode is said to the init container: legacy by silence, as Linkerd's injector says it. Others not by the names of
 * programs, as it says them, since those have the programs do the work where the kernel could be asked.
 */
function modeArgs(mode: Mode): readonly string[] {
	return mode === defaultMode ? [] : ["--iptables-mode", mode];
}
