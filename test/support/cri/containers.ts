import { nobody, proxyUser } from "../../../images/users.ts";
import type { Container } from "./container-config.ts";
import type { Mount } from "./messages.ts";
import { imageReference } from "./shunt-machine.ts";
import { scripts } from "./talk.ts";

/** The containers of an injected pod, with the tools beside the program. `/run` is where legacy tables have their lock. */
export function initContainer(args: readonly string[], run?: Mount): Container {
	return {
		name: "shunt-init",
		image: imageReference("shunt-init-tools"),
		args,
		user: nobody,
		capabilities: ["NET_ADMIN", "NET_RAW"],
		...(run === undefined ? {} : { mounts: [run] }),
	};
}

/** The same as a release makes it unless told otherwise: the program alone, with the one capability that it needs. */
export function bareInitContainer(args: readonly string[], run?: Mount): Container {
	return { ...initContainer(args, run), image: imageReference("shunt-init"), capabilities: ["NET_ADMIN"] };
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
		image: imageReference("shunt-init-tools"),
		command: [`/usr/sbin/${program}`, ...args],
		user: 0,
		capabilities: ["NET_ADMIN", "NET_RAW"],
	};
}
