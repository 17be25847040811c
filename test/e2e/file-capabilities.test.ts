import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fileCapability } from "../../images/file-capability.ts";
import { file } from "../../images/file-tree.ts";
import { type Image, makeArchive } from "../../images/oci-archive.ts";
import { shuntInit } from "../../images/shunt-init.ts";
import { hereAndNow } from "../../images/target.ts";
import { initContainer } from "../support/cri/containers.ts";
import type { Machine } from "../support/cri/machine.ts";
import { type Ended, withPod } from "../support/cri/pod.ts";
import { startShuntMachine } from "../support/cri/shunt-machine.ts";
import { standard } from "../support/standard-policy.ts";

/** Why the program's file capabilities are what they are: the others, tried. The table is in images/README.md. */

const program = "/usr/bin/shunt";
const both = ["net_admin", "net_raw"] as const;
const variants = {
	none: undefined,
	p: fileCapability(both, { effective: false }),
	ep: fileCapability(both, { effective: true }),
};
type Variant = keyof typeof variants;

let machine: Machine;

beforeAll(async () => {
	machine = await startShuntMachine();
	for (const variant of Object.keys(variants) as Variant[]) {
		const image = withCapability(await shuntInit(hereAndNow(), referenceOf(variant)), variants[variant]);
		const archive = join(machine.folder, `${variant}.tar`);
		writeFileSync(archive, (await makeArchive(image, new Date(0))).bytes);
		await machine.importImage(archive, image.reference);
	}
});

afterAll(async () => {
	await machine?.remove();
});

function referenceOf(variant: Variant): string {
	return `localhost/shunt/shunt-init:${variant}`;
}

function withCapability(image: Image, capability: Buffer | undefined): Image {
	const layers = image.layers.map(({ comment, tree }) => {
		const entry = tree.get(program);
		const data = entry?.kind === "file" ? entry.data : Buffer.alloc(0);
		return { comment, tree: new Map([...tree, [program, file(data, 0o755, capability)]]) };
	});
	return { ...image, layers };
}

function runInit(
	variant: Variant,
	capabilities: readonly string[],
	mayGainPrivileges: boolean,
): Promise<Ended> {
	const container = initContainer([...standard.args, "--iptables-mode", "nft"]);
	return withPod(machine, variant, (pod) =>
		pod.run({ ...container, image: referenceOf(variant), capabilities, mayGainPrivileges }),
	);
}

describe.each([false, true])("with allowPrivilegeEscalation: %s, a program whose file", (escalation) => {
	it("permits nothing has nothing, whatever the pod adds", async () => {
		expect((await runInit("none", ["NET_ADMIN", "NET_RAW"], escalation)).exitCode).toBe(77);
	});

	it("has its capabilities effective works where all were added", async () => {
		expect((await runInit("ep", ["NET_ADMIN", "NET_RAW"], escalation)).exitCode).toBe(0);
	});

	it.each([[["NET_ADMIN"]], [[]]])("has its capabilities effective is not started with %j", async (added) => {
		const ended = runInit("ep", added, escalation);
		// runc 1.1 fails in the container; others refuse to start it. Neither says what is missing.
		const said = await ended.then(
			({ message }) => message,
			(error: unknown) => String(error),
		);
		expect(said).toMatch(/operation not permitted/);
		expect(said).not.toContain("NET_RAW");
	});

	it.each([
		[["NET_ADMIN", "NET_RAW"], 0],
		[["NET_ADMIN"], 0],
		[[], 77],
	])("permits them is started with %j, and decides for itself", async (added, status) => {
		const { exitCode, log } = await runInit("p", added, escalation);
		expect(exitCode, log.join("\n")).toBe(status);
	});
});
