import { chartYaml } from "./snippets.ts";

/** A chart with some of everything that surrounds templates. */
export const kitchenSink = {
	"Chart.yaml": `${chartYaml}kubeVersion: ">=1.25.0-0"\nsources: [https://example.com]\ntype: application\n`,
	"values.yaml": "---\nname: sink\nkinds: [Zebra, Service, Apple, ConfigMap, Namespace, Deployment]\n",
	".helmignore": "# comments and blank lines\n\n*.bak\nsecret/\n/top.txt\ndocs/*.md\n",
	"README.md": "read me\n",
	"top.txt": "ignored at the top\n",
	"sub/top.txt": "not ignored further down\n",
	"old.bak": "ignored\n",
	"secret/key.txt": "ignored with its folder\n",
	"docs/a.md": "ignored\n",
	"docs/a.txt": "kept\n",
	"config/one.conf": "one = 1\ntwo = 2\n",
	"config/two.conf": "no line feed at the end",
	"config/deep/three.conf": "three\n\n",
	"config/bytes.bin": Uint8Array.from([0, 255, 254, 10, 128, 65]),
	"crds/b.yaml": "kind: CustomResourceDefinition\nmetadata: {name: b}\n",
	"crds/a-b.yaml": "kind: CustomResourceDefinition\nmetadata: {name: a-b}\n",
	"crds/a/x.json": '{"kind": "CustomResourceDefinition", "metadata": {"name": "x"}}',
	"crds/README.md": "no definition\n",
	"crds/a.yaml": "kind: CustomResourceDefinition\nmetadata: {name: a}\n",
	"templates/_helpers.tpl": `{{- define "sink.labels" -}}
app: {{ .Values.name }}
{{ include "sink.more" . }}
{{- end }}
{{- define "sink.more" }}more: {{ .Release.Name | quote }}{{ end -}}
{{- define "sink.overridden" }}first{{ end -}}
{{- define "sink.blank" }}kept{{ end -}}
`,
	"templates/_z.tpl":
		'{{ define "sink.overridden" }}second{{ end }}{{ define "sink.blank" }} {{/* blank */}} {{ end }}',
	"templates/sub/_deeper.tpl": '{{ define "sink.overridden" }}deeper{{ end }}',
	"templates/.hidden.yaml": "not a template {{ fail }}",
	"templates/many.yaml": `
---
# a comment, and nothing else
---
{{- range $i, $kind := .Values.kinds }}
---
apiVersion: v1
kind: {{ $kind }}
metadata:
  name: {{ $kind | lower }}-{{ $i }}
  labels: {{- include "sink.labels" $ | nindent 4 }}
{{- end }}
--- # why it is odd
kind: Odd
---   
apiVersion: 1
kind: 2
metadata: {name: 3, annotations: {a: 4, b: true, c: null}}
---

`,
	"templates/a-secret.yaml": `kind: Secret
data:
  {{- range $path, $bytes := .Files.Glob "config/**" }}
  {{ base $path }}: {{ $bytes | toString | b64enc }}
  {{- end }}
  one: {{ .Files.Get "config/one.conf" | quote }}
  none: {{ .Files.Get "nope" | quote }}
  lines: {{ .Files.Lines "config/one.conf" | toJson }}
  ignored: {{ list (.Files.Get "old.bak") (.Files.Get "secret/key.txt") (.Files.Get "top.txt") (.Files.Get "docs/a.md") | toJson }}
  kept: {{ list (.Files.Get "README.md") (.Files.Get "sub/top.txt") (.Files.Get "docs/a.txt") | toJson }}
  names: {{ range $path, $_ := .Files }}{{ $path }} {{ end }}
  globs: {{ len (.Files.Glob "config/*.conf") }} {{ len (.Files.Glob "config/{one,two}.conf") }} {{ len (.Files.Glob "**.txt") }} {{ len (.Files.Glob "config/[a-o]*") }} {{ len (.Files.Glob "?EADME.md") }}
  secrets:
{{ (.Files.Glob "config/*").AsSecrets | indent 4 }}
  config:
{{ (.Files.Glob "config/*.conf").AsConfig | indent 4 }}
`,
	"templates/defines.yaml":
		'kind: ConfigMap\ndata: {overridden: {{ include "sink.overridden" . }}, blank: {{ include "sink.blank" . | quote }}}\n',
	"templates/set-1.yaml":
		'{{ $_ := set .Values "seen" (print (default "" .Values.seen) "1") }}kind: A\nseen: {{ .Values.seen }}\n',
	"templates/set-2.yaml":
		'{{ $_ := set .Values "seen" (print (default "" .Values.seen) "2") }}kind: B\nseen: {{ .Values.seen }}\n',
	"templates/sub/set-3.yaml":
		'{{ $_ := set .Values "seen" (print (default "" .Values.seen) "3") }}kind: C\nseen: {{ .Values.seen }}\nhere: {{ .Template.Name }} {{ .Template.BasePath }}\n',
	"templates/hook-test.yaml": `kind: Pod
metadata:
  name: test
  annotations: {"helm.sh/hook": test, "helm.sh/hook-weight": "5"}
---
kind: Job
metadata:
  name: before
  annotations:
    helm.sh/hook: pre-install, pre-upgrade
---
kind: Job
metadata:
  name: unknown
  annotations: {helm.sh/hook: sometimes}
`,
	"templates/empty.yaml": "{{ if false }}kind: Never{{ end }}\n\n",
	"templates/text.txt": "kind: FromTxt\n",
	"templates/upgrade.yaml":
		"kind: ConfigMap\ndata: {install: {{ .Release.IsInstall }}, upgrade: {{ .Release.IsUpgrade }}, revision: {{ .Release.Revision }}}\n",
	"templates/NOTES.txt": "Thanks for {{ .Values.name }}.\n",
	"templates/tests/test.yaml":
		'kind: Pod\nmetadata: {name: deep-test, annotations: {"helm.sh/hook": "test-success"}}\n',
};
