import { fail, ok, type Result } from "../domain/problem.ts";

const component = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const host = "[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?";
/** The grammar of the distribution project's reference package, without tag and digest. */
const imageName = new RegExp(`^(?:${host}/)?${component}(?:/${component})*$`);

const imageVersion = /^(?:[\w][\w.-]{0,127}|sha256:[0-9a-f]{64})$/;

export type PullPolicy = "Always" | "IfNotPresent" | "Never";

export function parseImageName(text: string, source: string): Result<string> {
	return text.length <= 255 && imageName.test(text)
		? ok(text)
		: fail({
				source,
				value: text,
				complaint: "is not an image name",
				accepted: "HOST/PATH without a tag, such as example.com/team/proxy (the tag is a key of its own)",
			});
}

export function parseImageVersion(text: string, source: string): Result<string> {
	return imageVersion.test(text)
		? ok(text)
		: fail({
				source,
				value: text,
				complaint: "is not an image tag",
				accepted: "up to 128 letters, digits, '.', '_' and '-', or sha256: and 64 hexadecimal digits",
			});
}

export function formatImage(name: string, version: string): string {
	return version.startsWith("sha256:") ? `${name}@${version}` : `${name}:${version}`;
}

export function parsePullPolicy(text: string, source: string): Result<PullPolicy> {
	const policies: readonly PullPolicy[] = ["Always", "IfNotPresent", "Never"];
	const policy = policies.find((candidate) => candidate === text);
	return policy !== undefined
		? ok(policy)
		: fail({
				source,
				value: text,
				complaint: "is not a pull policy",
				accepted: `one of ${policies.join(", ")}`,
			});
}
