import { describe, expect, it } from "vitest";
import { formatProblem } from "../domain/problem.ts";
import { createMemoryHost } from "../host/memory.ts";
import { parseStamp } from "../policy/pod-policy-stamp.ts";
import { formatNodeRecord, readNodeRecord } from "./node-record.ts";
import { formatPodFile, podFilePath, readPodFile } from "./pod-file.ts";

const pod = { namespace: "shop", name: "web-0", uid: "u1" };
const stamp =
	'{"families":["ipv4"],"inbound":{"proxyPort":4143},"outbound":{"proxyPort":4140,"proxyUid":2102}}';
const parsed = parseStamp(stamp, "stamp");
if (!parsed.ok) {
	throw new Error("the test's stamp is wrong");
}
const policy = parsed.value;
const path = "/run/shunt/pods/shop_web-0.json";
const whole = formatPodFile(pod, { kind: "redirect", policy });

describe("a pod's file", () => {
	it("is read back as it was written", () => {
		expect(readPodFile(whole, path, pod)).toEqual({ kind: "redirect", policy });
		expect(readPodFile(formatPodFile(pod, { kind: "leave", reason: "why" }), path, pod)).toEqual({
			kind: "leave",
			reason: "why",
		});
		const left = { kind: "leave", reason: "why", stamp: policy } as const;
		expect(readPodFile(formatPodFile(pod, left), path, pod)).toEqual(left);
	});

	it("is named after the pod, and never outside its folder", () => {
		expect(podFilePath("/run/shunt", pod)).toBe(path);
		expect(podFilePath("/run/shunt", { namespace: "..", name: "x" })).toBeUndefined();
		expect(podFilePath("/run/shunt", { namespace: "shop", name: "../node" })).toBeUndefined();
		expect(podFilePath("/run/shunt", { namespace: "shop", name: undefined })).toBeUndefined();
	});

	it("counts as not there yet while it is written, at whatever length it is cut", () => {
		for (let length = 0; length < whole.length - 2; length++) {
			expect(readPodFile(whole.slice(0, length), path, pod)).toEqual({
				kind: "not-yet",
				why: `${path} is not whole`,
			});
		}
		expect(readPodFile(undefined, path, pod)).toEqual({ kind: "not-yet", why: `${path} is not there` });
	});

	it("of an earlier pod of the same name says nothing of this one", () => {
		expect(readPodFile(whole, path, { ...pod, uid: "u2" })).toEqual({
			kind: "not-yet",
			why: `${path} is of an earlier pod (u1, not u2)`,
		});
		expect(readPodFile(whole, path, { ...pod, uid: undefined }).kind).toBe("redirect");
	});

	it("of a later version is told from one with mistakes", () => {
		expect(readPodFile('{"version":2,"whatever":[]}', path, pod)).toEqual({ kind: "later", version: 2 });
	});

	it.each([
		["{}", "has no version or no uid"],
		['{"version":1,"uid":7,"leave":"x"}', "has no version or no uid"],
		['{"version":"1","uid":"u1","leave":"x"}', "has no version or no uid"],
		['{"version":1,"uid":"u1"}', "says not what to do"],
		['{"version":1,"uid":"u1","leave":"x","redirect":{}}', "says not what to do"],
		['{"version":1,"uid":"u1","redirect":{}}', "is missing"],
		['{"version":1,"uid":"u1","redirect":[]}', "is not an object"],
	])("%s is refused", (text, complaint) => {
		const reading = readPodFile(text, path, pod);
		const sentences = reading.kind === "mistakes" ? reading.problems.map(formatProblem) : [];
		expect(sentences.join()).toContain(complaint);
		expect(sentences.every((sentence) => sentence.startsWith(path))).toBe(true);
	});
});

describe("a node's record", () => {
	const recordIn = (text: string | undefined) => {
		const host = createMemoryHost();
		if (text !== undefined) {
			host.files.set("/run/shunt/node.json", text);
		}
		return readNodeRecord(host, "/run/shunt");
	};

	it("is read back as it was written", () => {
		const record = { mode: "nft", namespaces: ["shop", "bank"] } as const;
		expect(recordIn(formatNodeRecord(record))).toEqual(record);
		expect(recordIn(formatNodeRecord({ mode: undefined, namespaces: [] }))).toEqual({
			mode: undefined,
			namespaces: [],
		});
	});

	it.each([
		undefined,
		"",
		'{"version":1,"mode":"nf',
		'{"version":2,"mode":"nft","namespaces":["shop"]}',
		'{"version":1,"mode":"auto","namespaces":[7,"../x"]}',
		'{"version":1,"mode":"best","namespaces":"shop"}',
	])("%s tells nothing", (text) => {
		expect(recordIn(text)).toEqual({ mode: undefined, namespaces: [] });
	});
});
