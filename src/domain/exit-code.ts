/**
 * What every program of ours can exit with. This is API: scripts, the repair controller and `kubectl` users key on
 * it. 64, 69 and 77 are sysexits.h's EX_USAGE, EX_UNAVAILABLE and EX_NOPERM; 95 is Linkerd's network validator's.
 */
export const exitCodes = {
	done: 0,
	failed: 1,
	drift: 2,
	badInput: 64,
	noDialect: 69,
	notPermitted: 77,
	validationFailed: 95,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
