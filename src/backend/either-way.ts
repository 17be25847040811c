import type { Transport, Via } from "../domain/transport.ts";
import type { Errno, Host } from "../host/host.ts";
import { BackendError } from "./backend-error.ts";
import { isLacking } from "./kernel-failure.ts";

/** The two ways to do one thing. Each does all of it or throws {@link BackendError} with nothing changed. */
export interface Ways<T> {
	/** Absent in a dialect whose programs alone know what they speak. */
	readonly kernel: (() => T) | undefined;
	readonly tools: () => T;
}

interface Done<T> {
	readonly via: Via;
	readonly result: T;
}

/**
 * Asks the kernel, and where it says something else than that it is done or that we may not, the tools, so that what the
 * one has no word for may still work by the other. Where no tool is installed, the kernel's refusal is what there is to say.
 */
export function eitherWay<T>({ kernel, tools }: Ways<T>): Done<T> {
	if (kernel === undefined) {
		return { via: "tools", result: tools() };
	}
	try {
		return { via: "kernel", result: kernel() };
	} catch (refusal) {
		if (!(refusal instanceof BackendError) || refusal.code !== "refused") {
			throw refusal;
		}
		return afterRefusal(refusal, { kernel, tools });
	}
}

function afterRefusal<T>(
	refusal: BackendError,
	{ kernel, tools }: { readonly kernel: () => T; readonly tools: () => T },
): Done<T> {
	try {
		return { via: "tools", result: tools() };
	} catch (failure) {
		if (!(failure instanceof BackendError)) {
			throw failure;
		}
		if (failure.code === "refused" && refusal.lack !== undefined) {
			// Its own answer says more than any tool's, and the tool may have loaded what was missing.
			return { via: "kernel", result: askedAgain(kernel, failure) };
		}
		throw worthTelling(refusal, failure);
	}
}

/** What the kernel said, or a tool after it. */
function worthTelling(refusal: BackendError, failure: BackendError): BackendError {
	if (failure.code !== "missing-tool") {
		return isBehindLock(refusal, failure) ? refusal : failure;
	}
	return isLacking(refusal)
		? new BackendError("missing-tool", `${failure.message}, and the kernel says: ${refusal.message}`, refusal)
		: new BackendError(
				"refused",
				`${refusal.message}; no tool could be asked instead: ${failure.message}`,
				refusal,
			);
}

/** The tools take more permission than we do, and the lock as well: that is what to begin with. */
function isBehindLock(refusal: BackendError, failure: BackendError): boolean {
	return refusal.obstacle === "no-lock" && failure.code === "not-permitted";
}

function askedAgain<T>(kernel: () => T, failure: BackendError): T {
	try {
		return kernel();
	} catch (refusal) {
		throw refusal instanceof BackendError && (refusal.lack === undefined || isLacking(refusal))
			? failure
			: refusal;
	}
}

/**
 * The host, with all that goes another way than the one asked for out of reach: whoever is handed it keeps to that way, be
 * it in writing or in reading. `asked` is how it was asked for, for messages.
 */
export function byWay(host: Host, transport: Transport, asked = `--transport ${transport}`): Host {
	switch (transport) {
		case "auto":
			return host;
		case "kernel":
			return {
				...host,
				find: () => undefined,
				env: (name) => (name === "PATH" ? `where none is looked for: ${asked}` : host.env(name)),
			};
		case "tools": {
			// Not what a kernel says that lacks something: of what was not asked nothing is known.
			const notAsked = (): Errno => ({
				name: "EOPNOTSUPP",
				number: 95,
				message: `not asked, as ${asked} wants it`,
			});
			// The tools take the lock themselves.
			return {
				...host,
				// About interfaces, whose names are in rules, the kernel alone tells.
				netlink: (request, protocol) => (protocol === "route" ? host.netlink(request, protocol) : notAsked()),
				xtables: notAsked,
				lock: notAsked,
			};
		}
	}
}
