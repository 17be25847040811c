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
  name: {{ $kind }}-{{ $i }}
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
  one: {{ .Files.Get "config/one.conf" | b64enc }}
  none: {{ .Files.Get "nope" | quote }}
  ignored: {{ list (.Files.Get "old.bak") (.Files.Get "secret/key.txt") (.Files.Get "top.txt") (.Files.Get "docs/a.md") | toJson }}
  kept: {{ list (.Files.Get "README.md") (.Files.Get "sub/top.txt") (.Files.Get "docs/a.txt") | toJson }}
`,
	"templates/defines.yaml":
		'kind: ConfigMap\ndata: {overridden: {{ include "sink.overridden" . }}, blank: {{ include "sink.blank" . | quote }}}\n',
	"templates/set-1.yaml":
		'{{ $_ := set .Values "seen" (printf "%s1" (default "" .Values.seen)) }}kind: A\nseen: {{ .Values.seen }}\n',
	"templates/set-2.yaml":
		'{{ $_ := set .Values "seen" (printf "%s2" (default "" .Values.seen)) }}kind: B\nseen: {{ .Values.seen }}\n',
	"templates/sub/set-3.yaml":
		'{{ $_ := set .Values "seen" (printf "%s3" (default "" .Values.seen)) }}kind: C\nseen: {{ .Values.seen }}\n\n',
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
