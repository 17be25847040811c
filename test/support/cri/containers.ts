import { nobody, proxyUser } from "../../../images/users.ts";
import type { Container } from "./container-config.ts";
import type { Mount } from "./messages.ts";
import { imageReference } from "./shunt-machine.ts";
import { scripts } from "./talk.ts";

/** The containers of an injected pod. `/run` is where the legacy tools have their lock. */
export function initContainer(args: readonly string[], run?: Mount): Container {
	return {
		name: "shunt-init",
		image: imageReference("shunt-init"),
		args,
		user: nobody,
		capabilities: ["NET_ADMIN", "NET_RAW"],
		...(run === undefined ? {} : { mounts: [run] }),
	};
}

export const proxyContainer: Container = {
	name: "shunt-proxy",
	image: imageReference("shunt"),
	args: ["proxy", "--inbound-port", "4143", "--outbound-port", "4140", "--admin-port", "4191"],
	user: proxyUser,
};

/** An application that knows nothing of a proxy. */
export function application(...ports: readonly number[]): Container {
	return {
		name: "application",
		image: imageReference("shunt"),
		command: ["/usr/bin/node", ...scripts.reflector(...ports)],
		user: 1000,
	};
}

/** Somebody who looks at a pod's rules with the tools of the init container's image, as with `kubectl debug`. */
export function lookAtRules(program: string, ...args: readonly string[]): Container {
	return {
		name: "debugger",
		image: imageReference("shunt-init"),
		command: [`/usr/sbin/${program}`, ...args],
		user: 0,
		capabilities: ["NET_ADMIN", "NET_RAW"],
	};
}
