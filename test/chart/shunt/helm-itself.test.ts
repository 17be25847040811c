import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { helmProgram, helmVersions } from "../support/helm.ts";
import { renderObjects } from "../support/ours.ts";
import { chartFiles, chartFolder } from "./support/chart-files.ts";
import { cliPort } from "./support/rendered.ts";

describe.each(helmVersions)("Helm %i", (version) => {
	const helm = (...args: string[]) => {
		const program = helmProgram(version);
		const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", timeout: 120_000 });
		return { status, stdout, stderr };
	};

	it.each([[[]], [["-f", `${chartFolder}values-ha.yaml`]], [["--set", "cniEnabled=true,proxy.kind=envoy"]]])(
		"has nothing to complain about, with %j",
		(flags) => {
			const { status, stdout } = helm("lint", "--strict", chartFolder, ...flags);
			expect({ status, complaints: /\[(WARNING|ERROR)\].*/.exec(stdout)?.[0] }).toEqual({ status: 0 });
		},
	);

	it("prints nothing but the complaint where a value is bad", () => {
		for (const bad of ["proxyInit.iptablesMode=nftt", "proxyInit.skipSubnets=x"]) {
			const { status, stdout, stderr } = helm("template", "shunt", chartFolder, "--set", bad);
			expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
			expect(stderr).toMatch(/iptablesMode|"x" is not a subnet/);
		}
	});
});

describe("the notes", () => {
	const notesFor = (...set: string[]) => {
		const result = renderObjects(chartFiles, { set }, cliPort);
		return result.ok ? result.value.notes : "";
	};

	it("say in which mode rules are made, and what to do next", () => {
		const notes = notesFor("proxyInit.iptablesMode=nftables");
		expect(notes).toContain("in mode nftables");
		expect(notes).toContain("kubectl annotate namespace NAMESPACE shunt.dev/inject=enabled");
		expect(notes).toContain("helm test rel --namespace ns");
		expect(notes).toContain("pods start without a proxy");
	});

	it("say to whoever renders without a cluster that certificates differ, where they do", () => {
		expect(notesFor()).toContain("makes another each time");
		expect(notesFor("injector.tls.source=cert-manager")).not.toContain("makes another each time");
	});

	it("warn of what holds alone", () => {
		const notes = notesFor("injector.webhook.failurePolicy=Fail", "cniEnabled=true");
		expect(notes).not.toContain("pods start without a proxy");
		expect(notes).toContain("CNI plugin");
	});
});
