import { describe, expect, it } from "vitest";
import { type Files, runInject, runUninject } from "../../../test/support/inject-manifests.ts";

const pod = (name: string) => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
spec:
  containers:
  - name: app
    image: app:1
`;

const annotated = (name: string) =>
	pod(name).replace(/(name: .*\n)/, "$1  annotations:\n    shunt.dev/inject: enabled\n");

describe("shunt inject", () => {
	it("takes files, folders with all below them, and standard input, and puts them in one stream", () => {
		const files: Files = {
			"one.txt": pod("one"),
			"many/b.yml": pod("b"),
			"many/a.yaml": pod("a"),
			"many/deeper/c.json":
				'{"apiVersion":"v1","kind":"Pod","metadata":{"name":"c"},"spec":{"containers":[{"name":"x"}]}}',
			"many/README.md": "not: [yaml",
		};
		const { status, stdout, stderr } = runInject(["one.txt", "many/", "-"], pod("in"), files);
		expect(status).toBe(0);
		expect(stdout).toBe(
			[
				annotated("one"),
				"---\n",
				annotated("a"),
				"---\n",
				annotated("b"),
				"---\n",
				'{"apiVersion":"v1","kind":"Pod","metadata":{"name":"c", "annotations": { "shunt.dev/inject": "enabled" }},"spec":{"containers":[{"name":"x"}]}}\n',
				"---\n",
				annotated("in"),
			].join(""),
		);
		expect(stderr).toBe(
			[
				"one.txt: pod/one annotated",
				"many/a.yaml: pod/a annotated",
				"many/b.yml: pod/b annotated",
				"many/deeper/c.json: pod/c annotated",
				"standard input: pod/in annotated",
				"",
				"5 annotated",
				"",
			].join("\n"),
		);
	});

	it.each(["config.linkerd.io/skip-outbound-ports", "linkerd.io/inject", "config.shunt.dev/proxy-uid"])(
		"tells of %s where it stands on the workload instead of its template",
		(name) => {
			const deployment = {
				apiVersion: "apps/v1",
				kind: "Deployment",
				metadata: { name: "web", annotations: { [name]: "25", "config.linkerd.io/opaque-ports": "1" } },
				spec: { template: { spec: { containers: [{ name: "x" }] } } },
			};
			const { status, stderr } = runInject(["-"], JSON.stringify(deployment));
			expect(status).toBe(0);
			expect(stderr).toContain(
				`warning: annotation ${name} says nothing here: it belongs on the pod template`,
			);
			expect(stderr).not.toContain("opaque-ports");
		},
	);

	const object = (name: string, more = "") =>
		`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"${name}"${more}},"spec":{"containers":[{"name":"x","args":["}{\\""]}]}}`;
	const done = ', "annotations": { "shunt.dev/inject": "enabled" }';

	it.each([
		["lines", "\n"],
		["nothing between them", ""],
		["lines that end as on Windows", "\r\n"],
	])("takes JSON objects one after the other, as kubectl does: %s", (_, between) => {
		const text = `${object("a")}${between}${object("b")}${between}`;
		const { stdout, stderr } = runInject(["-"], text);
		expect(stdout).toBe(`${object("a", done)}${between}${object("b", done)}${between}`);
		expect(stderr).toContain("2 annotated");
		expect(runUninject(["-"], stdout).stdout).toBe(text);
		expect(runInject(["-o", "json", "-"], text).stdout.match(/"kind": "Pod"/g)).toHaveLength(2);
	});

	it.each([
		["a document", `${pod("a")}...\n${pod("b")}`, `${annotated("a")}...\n---\n${annotated("b")}`],
		["a comment", `${pod("a")}...\n# b\n${pod("b")}`, `${annotated("a")}...\n---\n# b\n${annotated("b")}`],
		[
			"lines that end as on Windows",
			`${pod("a")}... # end\n${pod("b")}`.replaceAll("\n", "\r\n"),
			`${annotated("a")}... # end\n---\n${annotated("b")}`.replaceAll("\n", "\r\n"),
		],
		["a marker", `${pod("a")}...\n---\n${pod("b")}`, `${annotated("a")}...\n---\n${annotated("b")}`],
		[
			"a comment and a marker",
			`${pod("a")}...\n# b\n\n--- # b\n${pod("b")}`,
			`${annotated("a")}...\n# b\n\n--- # b\n${annotated("b")}`,
		],
		[
			"a directive and a marker",
			`${pod("a")}...\n%YAML 1.1\n---\n${pod("b")}`,
			`${annotated("a")}...\n%YAML 1.1\n---\n${annotated("b")}`,
		],
	])("marks what follows the end of a document, or kubectl would not see it: %s", (_, text, expected) => {
		const { stdout, stderr } = runInject(["-"], text);
		expect(stdout).toBe(expected);
		expect(stderr).toContain("2 annotated");
	});

	it("puts between files what both need to be read, its own reader among who reads them", () => {
		const files = { "a.json": `${object("a")}\n`, "b.json": object("b"), "c.yaml": pod("c") };
		const together = (...names: string[]) => runInject(names, "", files).stdout;
		expect(together("a.json", "b.json")).toBe(`${object("a", done)}\n${object("b", done)}`);
		expect(together("c.yaml", "a.json")).toBe(`${annotated("c")}---\n${object("a", done)}\n`);
		expect(together("a.json", "b.json", "c.yaml")).toBe(
			`${object("a", done)}\n---\n${object("b", done)}\n---\n${annotated("c")}`,
		);
		for (const names of [Object.keys(files), Object.keys(files).toReversed()]) {
			expect(runUninject(["-"], together(...names)).stderr).toContain("3 uninjected");
		}
	});

	it.each([
		["on one line", [",", ""]],
		["on lines of their own", [",\n  ", "\n"]],
		["with blanks before commas", [" , ", " "]],
	])("takes a List in JSON item by item, %s, and gives it back as it was", (_, [comma = "", end = ""]) => {
		const list = (more = "") =>
			`{"metadata":{"items":["]}"]},${end}"items": [${object("a", more)}${comma}${object("b", more)}${end}] ,"kind":"List","apiVersion":"v1"}`;
		const { stdout, stderr } = runInject(["-"], list());
		expect(stdout).toBe(list(done));
		expect(stderr).toContain("pod/a annotated\npod/b annotated\n");
		expect(runUninject(["-"], stdout).stdout).toBe(list());
		const printed = runInject(["-o", "json", "-"], list()).stdout;
		expect(printed).toBe(`${JSON.stringify(JSON.parse(stdout), null, 2)}\n`);
		const yaml = runInject(["-o", "yaml", "-"], list()).stdout;
		expect(yaml).toContain('metadata:\n  items:\n    - "]}"\nitems:\n  - apiVersion: v1\n    kind: Pod\n');
		expect(runInject(["-o", "json", "-"], yaml).stdout).toBe(printed);
	});

	it("lays out JSON as JSON.stringify does, whatever its texts hold", () => {
		const labels = { a: '{"', b: "[]", c: "\\", d: "x: {}, [1]", e: '\\"', __proto__: null, f: "" };
		const value = { metadata: { labels, empty: {}, list: [], deep: [[], [{}], [1, null, true]] }, kind: "X" };
		const text = JSON.stringify(value);
		expect(runInject(["-o", "json", "-"], text).stdout).toBe(`${JSON.stringify(value, null, 2)}\n`);
	});

	it.each([[[]], [["--manual"]]])("gives a namespace back with the settings that it had: %j", (args) => {
		const text = `${pod("a")}---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: n\n  annotations:\n    config.shunt.dev/skip-inbound-ports: "77"\n`;
		expect(runUninject(["-"], runInject([...args, "-"], text).stdout).stdout).toBe(text);
	});

	it("sees a document behind a byte order mark, which files bring along that were put together", () => {
		const text = `\ufeff${pod("a")}---\n\ufeff${pod("b")}---\r\n\ufeff${pod("c")}`;
		const wanted = `\ufeff${annotated("a")}---\n\ufeff${annotated("b")}---\r\n\ufeff${annotated("c")}`;
		const { stdout } = runInject(["-"], text);
		expect(stdout.replaceAll("\r", "")).toBe(wanted.replaceAll("\r", ""));
		expect(runUninject(["-"], stdout).stdout).toBe(text);
	});

	it("says what it cannot read, all of it, before anything comes out", () => {
		const files = {
			"bad.yml": "a: [b\n---\nc: {\n",
			"twice.yml": "a: 1\na: 2\n",
			"config.yml": "proxy: {uid: 0}\n",
		};
		const args = ["missing.yml", "bad.yml", "--config", "config.yml", "--skip-inbound-ports", "http"];
		const { status, stdout, stderr } = runInject([...args, "--admin-port", "0"], "", files);
		expect([status, stdout]).toEqual([64, ""]);
		expect(stderr.split("\n").map((line) => line.replace(/ \(want .*/, ""))).toEqual([
			'shunt inject: config.yml: proxy.uid: "0" is not a valid user id for a proxy',
			'shunt inject: --admin-port: "0" is not a valid TCP port',
			'shunt inject: --skip-inbound-ports: "http" is not a TCP port',
			"shunt inject: missing.yml: does not exist",
			"",
		]);
		const refused = runInject(["bad.yml", "twice.yml"], "", files);
		expect([refused.status, refused.stdout]).toEqual([64, ""]);
		// What the library says behind a document's first mistake follows from it.
		expect(refused.stderr.split("\n")).toEqual([
			expect.stringMatching(/^shunt inject: bad\.yml:2: is not YAML: .*/),
			expect.stringMatching(/^shunt inject: bad\.yml:4: is not YAML: .*/),
			expect.stringMatching(/^shunt inject: twice\.yml:2: .*unique/),
			"",
		]);
	});

	it("needs something to read, and standard input at most once", () => {
		expect(runInject([], "")).toMatchObject({
			status: 64,
			stderr: expect.stringContaining("name no manifest"),
		});
		expect(runInject(["-", "-"], pod("x"))).toMatchObject({ status: 64, stdout: "" });
	});

	it("sets one annotation for each flag, and the same is refused on a command line as on a pod", () => {
		const { stdout } = runInject(
			["--skip-outbound-ports", "+3306", "--native-sidecar", "false", "-"],
			pod("x"),
		);
		expect(stdout).toContain('    config.shunt.dev/skip-outbound-ports: "+3306"\n');
		expect(stdout).toContain('    config.shunt.dev/native-sidecar: "false"\n');
		expect(runInject(["--proxy-uid", "", "-"], pod("x"))).toMatchObject({
			status: 64,
			stderr: 'shunt inject: --proxy-uid: "" is empty, so the flag has no value (want --proxy-uid UID)\n',
		});
	});

	it("finds its configuration in YAML and in JSON", () => {
		for (const text of ["cniEnabled: true\n", '{"cniEnabled": true}']) {
			const { stdout } = runInject(["--manual", "-f", "values", "-"], pod("x"), { values: text });
			expect(stdout).toContain("name: shunt-network-validator");
		}
		expect(runInject(["--config", "nowhere", "-"], pod("x")).status).toBe(64);
		expect(runInject(["--config", "empty", "-"], pod("x"), { empty: "" }).status).toBe(0);
		expect(runInject(["--config", "two", "-"], pod("x"), { two: "a: 1\n---\nb: 2\n" })).toMatchObject({
			status: 64,
			stderr: "shunt inject: two: holds 2 documents (want one)\n",
		});
	});

	it("makes nothing of nothing", () => {
		expect(runInject(["-"], "")).toEqual({ status: 0, stdout: "", stderr: "nothing found\n" });
		expect(runInject(["-o", "json", "-"], "# only this\n").stdout).toBe("");
	});
});

describe("a manifest that is edited", () => {
	const back = (text: string) => runUninject(["-"], runInject(["--manual", "-"], text).stdout).stdout;
	const spec = "spec: {containers: [{name: a, image: a}]}";
	const head = "apiVersion: v1\nkind: Pod\n";

	it.each([
		["has no line break at its end", `${head}metadata: {name: a}\n${spec}`],
		["has Windows' line breaks", pod("a").replaceAll("\n", "\r\n")],
		["begins with a byte order mark", `\ufeff${pod("a")}`],
		[
			"has a comment behind every key",
			pod("a")
				.replace(/$/gm, " # c")
				.replace(/\n # c$/, "\n"),
		],
		["has blank lines all over", pod("a").replaceAll("\n", "\n\n")],
		["ends with a text of several lines", `${pod("a")}    args:\n    - |\n      one\n\n      two\n\n\n`],
		["ends with a text that keeps its blank lines", `${pod("a")}    args:\n    - |+\n      one\n\n\n`],
		[
			"ends with a folded text without its line break",
			`${pod("a")}    args:\n    - >-\n      one\n      two`,
		],
		["begins and ends with markers", `%YAML 1.1\n---\n${pod("a")}...\n`],
		["has its dashes on lines of their own", `${head}spec:\n  containers:\n  -\n    name: a\n    image: a\n`],
		["has a comment behind a dash", `${head}spec:\n  containers:\n  - # first\n    name: a\n    image: a\n`],
		["has quotes around its keys", pod("a").replaceAll(/^([ -]*)(\w+):/gm, '$1"$2":')],
		["has tags", pod("a").replace("name: app", "name: !!str app")],
		[
			"has parts that are null in every spelling",
			`${head}metadata: {name: a, annotations: ~}\nspec:\n  volumes:\n  initContainers: null\n  containers:\n  - name: a\n`,
		],
		["has empty parts over several lines", `${head}spec:\n  volumes: [\n  ]\n  containers:\n  - name: a\n`],
		["has keys in any order", `spec:\n  containers:\n  - name: a\nkind: Pod\napiVersion: v1\n`],
		[
			"is flow over several lines with comments",
			`{apiVersion: v1, kind: Pod, # a\n spec: {\n  # b\n  containers: [\n   {name: a}, # c\n  ],\n }}\n`,
		],
	])("is itself again when it %s", (_, text) => {
		const injected = runInject(["--manual", "-"], text);
		expect(injected.stderr).toContain("1 injected");
		expect(injected.stderr).not.toContain("written anew");
		expect(back(text).replace("annotations: null", "annotations: ~")).toBe(text);
	});

	it("keeps its comments when a new release's containers come in place of the old", () => {
		const old = runInject(["--manual", "-"], pod("a")).stdout.replaceAll("0.1.0", "0.0.1");
		const commented = old
			.replace("- name: shunt-init", "- name: shunt-init # ours")
			.replace("- name: app", "# mine\n  - name: app");
		const { stdout, stderr } = runInject(["--manual", "-"], commented);
		expect(stderr).toContain("1 injected again");
		expect(stdout).toContain("# mine\n  - name: app");
		expect(stdout).not.toContain("0.0.1");
	});

	it("keeps its comments when the proxy moves from one list to another", () => {
		const text = pod("a").replace("- name: app", "# mine\n  - name: app # too");
		const native = runInject(["--manual", "-"], text).stdout;
		const classic = runInject(["--manual", "--native-sidecar", "false", "-"], native);
		expect(classic.stdout).toContain("# mine\n  - name: app # too");
		expect(runUninject(["-"], classic.stdout).stdout).toBe(text);
	});

	it("is edited where an anchor stands, and what its alias repeated is written out", () => {
		const text = `${head}metadata: &m {name: a}\nspec: {containers: [{name: a}]}\nother: *m # same\n`;
		const { stdout, stderr } = runInject(["-"], text);
		expect(stderr).toBe("pod/a annotated\n\n1 annotated\n");
		expect(stdout).toContain("other: # same\n  name: a\n");
	});

	it("does not fall for aliases that grow without end", () => {
		const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"]
			.concat(
				[..."bcdefgh"].map(
					(key, index) => `${key}: &${key} [${Array(9).fill(`*${"abcdefgh"[index]}`).join(", ")}]`,
				),
			)
			.join("\n");
		expect(runInject(["-"], bomb)).toMatchObject({ status: 64, stdout: "" });
	});
});

describe("shunt uninject", () => {
	it("says of each workload what went, or that nothing did", () => {
		const injected = runInject(["--manual", "-"], pod("a")).stdout;
		expect(runUninject(["-"], `${injected}---\n${pod("b")}`).stderr).toBe(
			[
				"pod/a uninjected: container shunt-init, container shunt-proxy, volume shunt-init-xtables-lock, annotation shunt.dev/redirect, annotation shunt.dev/injected",
				"pod/b unchanged: nothing of a proxy in it",
				"",
				"1 uninjected, 1 unchanged",
				"",
			].join("\n"),
		);
	});

	it("leaves a user's own settings where a record tells them apart", () => {
		const text = pod("a").replace(
			"  name: a\n",
			'  name: a\n  annotations:\n    config.shunt.dev/proxy-uid: "7"\n',
		);
		expect(runUninject(["-"], runInject(["--manual", "-"], text).stdout).stdout).toBe(text);
	});

	it("refuses what has the form of no pod", () => {
		expect(runUninject(["-"], `${pod("a")}  volumes: 7\n`)).toMatchObject({ status: 64, stdout: "" });
	});
});

describe("a very large manifest", () => {
	const documents = Array.from({ length: 600 }, (_, index) =>
		index % 5 === 4
			? pod(`p${index}`).replace("spec:", "spec:\n  hostNetwork: true")
			: `# ${index}\n${pod(`p${index}`)}`,
	);
	const text = documents.join("---\n");

	it("is injected, and comes back byte for byte", () => {
		const injected = runInject(["--manual", "-"], text);
		expect(injected.stderr.split("\n").at(-2)).toBe("480 injected, 120 skipped");
		expect(injected.stdout.length).toBeGreaterThan(1_000_000);
		expect(runUninject(["-"], injected.stdout).stdout).toBe(text);
	});

	it("is one List as well", () => {
		const items = documents.map(
			(document) =>
				`- ${document
					.replace(/^#.*\n/, "")
					.trimEnd()
					.replaceAll("\n", "\n  ")}\n`,
		);
		const list = `apiVersion: v1\nkind: List\nitems:\n${items.join("")}`;
		const injected = runInject(["--manual", "-"], list);
		expect(injected.stderr.split("\n").at(-2)).toBe("480 injected, 120 skipped");
		expect(runUninject(["-"], injected.stdout).stdout).toBe(list);
	});
});
