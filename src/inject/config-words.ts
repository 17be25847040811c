import { parseDuration } from "../domain/duration.ts";
import { parseWholeNumber } from "../domain/number.ts";
import { fail, ok, type Result } from "../domain/problem.ts";

export const parseLogFormat = choice(["plain", "json"]);

export function choice<T extends string>(choices: readonly T[]) {
	return (text: string, source: string): Result<T> => {
		const chosen = choices.find((candidate) => candidate === text);
		return chosen !== undefined
			? ok(chosen)
			: fail({ source, value: text, complaint: "is not known", accepted: `one of ${choices.join(", ")}` });
	};
}

/** A Kubernetes user or group id, which is a signed 32-bit number (apimachinery's IsValidUserID). */
export function parseRunAs(text: string, source: string): Result<number> {
	return parseWholeNumber(text, { source, noun: "user or group id", min: 0, max: 2 ** 31 - 1 });
}

/** RFC 1123, as Kubernetes names volumes. */
export const parseLabel = matching(
	/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
	"is not a name",
	"1-63 lower-case letters, digits and '-', beginning and ending with a letter or digit",
);

/** Kubernetes allows no colon in a mount path. */
export const parseMountPath = matching(/^\/[^:\0]*$/, "is not a mount path", "a path that begins with '/'");

/** With or without a path, and with or without a slash at its end. */
export const parseRegistry = matching(
	/^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*\/?$/,
	"is not a registry",
	"HOST, HOST:PORT or HOST/PATH, such as registry.example.com/mirror",
);

export const parseUrlPath = matching(/^\/\S*$/, "is not a path", "a path that begins with '/'");

export const parseSocketAddress = matching(
	/^(?:[\d.]{7,15}|\[[\dA-Fa-f:.]+\]):\d{1,5}$/,
	"is not an address",
	"ADDRESS:PORT, such as 192.0.2.2:20001 or [fd00::1]:20001",
);

/** Kept as it is written, since whoever waits reads it again. */
export function parseTimeout(text: string, source: string): Result<string> {
	const duration = parseDuration(text, source, 1);
	return duration.ok ? ok(text) : duration;
}

function matching(pattern: RegExp, complaint: string, accepted: string) {
	return (text: string, source: string): Result<string> =>
		pattern.test(text) ? ok(text) : fail({ source, value: text, complaint, accepted });
}
