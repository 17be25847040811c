import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { imageList, referenceOf } from "../../images/reference.ts";
import { newestChanges, versions } from "../../scripts/release/versions.ts";
import { version } from "../../src/domain/version.ts";

describe("a version", () => {
	it("is the same wherever it is said", () => {
		const said = Object.entries(versions());
		expect(said.length).toBeGreaterThan(8);
		expect(said.filter(([, one]) => one !== version)).toEqual([]);
	});

	it("has its changes in the changelog, or they are not released yet", () => {
		const { heading, text } = newestChanges();
		expect(heading).toMatch(new RegExp(`^(?:Unreleased|${version} .*)$`));
		expect(text).toMatch(/^(?:### |- )/m);
	});
});

const toolsBeside = "install --ignore-cluster --set proxyInit.tools=true";

describe("the images", () => {
	it("have the names and the tag that the charts ask for, and nobody asks for others", () => {
		const asked = ["install --ignore-cluster", toolsBeside, "install-cni"].flatMap((command) => {
			const text = execFileSync("bin/shunt", command.split(" "), {
				encoding: "utf8",
				stdio: ["ignore", "pipe", "ignore"],
				timeout: 60_000,
			});
			return [...text.matchAll(/^\s+(?:- )?image: "?([^"\s]+)"?$/gm)].map(
				([, image]) => `docker.io/${image}`,
			);
		});
		const made = imageList.map((name) => referenceOf(name, version));
		expect([...new Set(asked)].toSorted()).toEqual(made.toSorted());
	});
});
