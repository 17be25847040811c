import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Configuration, parseConfiguration } from "./configuration-file.ts";
import { listOfSingle, withEntry, withoutEntry } from "./conflist.ts";
import { pluginEntry } from "./plugin-entry.ts";

const entry = pluginEntry({ log_level: "info" });

function parse(text: string, name = "10-a.conflist"): Configuration {
	const parsed = parseConfiguration({ name, text });
	if (parsed.kind === "malformed") {
		throw new Error(parsed.reason);
	}
	return parsed;
}

const flannel = `{
  "name": "cbr0",
  "cniVersion": "0.3.1",
  "strange": 12345678901234567890, "strange": 1e400,
  "plugins": [
    {
      "type": "flannel",
      "delegate": { "hairpinMode": true, "isDefaultGateway": true }
    },
    {
      "type": "portmap",
      "capabilities": { "portMappings": true }
    }
  ]
}
`;

describe("a list with our plugin", () => {
	it("differs from the list by the plugin alone, indented as the others are", () => {
		expect(withEntry(parse(flannel), entry)).toBe(
			flannel.replace(
				'"portMappings": true }\n    }\n',
				`"portMappings": true }
    },
    {
      "type": "shunt-cni",
      "log_level": "info",
      "capabilities": {
        "io.kubernetes.cri.pod-annotations": true
      }
    }
`,
			),
		);
	});

	it("stays in one line where it was in one line", () => {
		expect(withEntry(parse('{"name":"n","cniVersion":"1.0.0","plugins":[{"type":"bridge"}]}'), entry)).toBe(
			'{"name":"n","cniVersion":"1.0.0","plugins":[{"type":"bridge"}, {"type":"shunt-cni","log_level":"info","capabilities":{"io.kubernetes.cri.pod-annotations":true}}]}',
		);
	});

	it("is left alone, also when another program has written it anew in another order", () => {
		const once = withEntry(parse(flannel), entry);
		expect(withEntry(parse(once), entry)).toBe(once);
		const reordered =
			'{"cniVersion":"0.3.1","name":"n","plugins":[{"type":"bridge"},{"capabilities":{"io.kubernetes.cri.pod-annotations":true},"log_level":"info","type":"shunt-cni"}]}';
		expect(withEntry(parse(reordered), entry)).toBe(reordered);
	});

	it("gets the new configuration where it has an old one", () => {
		const old = withEntry(parse(flannel), pluginEntry({ log_level: "debug", gone: 1 }));
		expect(withEntry(parse(old), entry)).toBe(withEntry(parse(flannel), entry));
	});

	it("has it last, and once", () => {
		const text =
			'{"name":"n","plugins":[{"type":"shunt-cni"},{"type":"a"},{"type":"shunt-cni","x":1},{"type":"b"}]}';
		expect(withoutEntry(parse(text))).toBe('{"name":"n","plugins":[{"type":"a"},{"type":"b"}]}');
		expect(parse(withEntry(parse(text), entry)).plugins.map(({ type }) => type)).toEqual([
			"a",
			"b",
			"shunt-cni",
		]);
	});

	it("is the old list again without it, byte by byte", () => {
		const plugin = fc.record({ type: fc.constantFrom("a", "b"), x: fc.jsonValue() });
		const indent = fc.constantFrom(undefined, 1, 2, "\t");
		fc.assert(
			fc.property(fc.array(plugin, { minLength: 1 }), fc.jsonValue(), indent, (plugins, other, by) => {
				const text = JSON.stringify({ other, name: "n", cniVersion: "1.0.0", plugins, last: 1 }, null, by);
				const added = withEntry(parse(text), entry);
				expect(JSON.parse(added)).toEqual({
					...JSON.parse(text),
					plugins: [...JSON.parse(text).plugins, entry],
				});
				expect(withoutEntry(parse(added))).toBe(text);
			}),
		);
	});
});

describe("a list in place of a single plugin's file", () => {
	const single =
		'{\n  "cniVersion": "0.3.1", "name": "net", "type": "bridge", "mtu": 1450.0,\n  "ipam": {}\n}\n';

	it("has the plugin as it was written, with name and version of its own, and ours behind", () => {
		const text = listOfSingle(parse(single, "10-a.conf"), entry);
		expect(text).toContain(`    ${single.trim()},\n    {\n      "type": "shunt-cni",`);
		expect(JSON.parse(text)).toEqual({
			cniVersion: "0.3.1",
			name: "net",
			plugins: [JSON.parse(single), entry],
		});
	});

	it("says no version where the file says none", () => {
		expect(JSON.parse(listOfSingle(parse('{"type":"a"}', "a.conf"), entry))).toEqual({
			name: "",
			plugins: [{ type: "a" }, entry],
		});
	});
});
