import { type Host, HostError } from "../host/host.ts";
import { badInput, environmentFailure, type Failure } from "./failure.ts";

/** Goes where `--netns` says. A name that leads nowhere is the user's mistake; not being let in is not. */
export function enterNamedNetns(host: Host, path: string | undefined): Failure | undefined {
	if (path === undefined) {
		return undefined;
	}
	try {
		host.enterNetns(path);
		return undefined;
	} catch (error) {
		if (error instanceof HostError && (error.code === "not-found" || error.code === "invalid")) {
			return badInput([
				{
					source: "--netns",
					value: path,
					complaint: "is not a network namespace",
					accepted: "a path such as /proc/PID/ns/net or /run/netns/NAME",
				},
			]);
		}
		return environmentFailure(error);
	}
}
