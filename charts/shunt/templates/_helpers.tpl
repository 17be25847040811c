{{/*
Labels of every object. Takes {root, component}.
*/}}
{{- define "shunt.labels" -}}
{{- with .root.Values.commonLabels }}
{{- toYaml . }}
{{ end -}}
{{ include "shunt.selectorLabels" . }}
app.kubernetes.io/part-of: shunt
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}

{{/*
Says something of a namespace that every cluster has from the beginning. Takes its name.
*/}}
{{- define "shunt.isKubernetesOwn" -}}
{{- if has . (list "default" "kube-system" "kube-public" "kube-node-lease") }}yes{{ end -}}
{{- end }}

{{/*
What selectors match: it never changes, as a Deployment's selector cannot. Takes {component}.
*/}}
{{- define "shunt.selectorLabels" -}}
app.kubernetes.io/name: shunt
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/*
An image, resolved: its whole name, version and pull policy. Takes {root, image, name, version}, the last two being
the defaults.
*/}}
{{- define "shunt.image" -}}
{{- $image := .image | default dict -}}
name: {{ include "shunt.imageName" (dict "registry" .root.Values.imageRegistry "name" ($image.name | default .name)) | quote }}
version: {{ include "shunt.text" $image.version | default .version | quote }}
pullPolicy: {{ $image.pullPolicy | default .root.Values.imagePullPolicy }}
{{- end }}

{{/*
The registry goes before names that have none: where a name's first part has a dot or a colon, or is localhost, that is
its registry. Takes {registry, name}.
*/}}
{{- define "shunt.imageName" -}}
{{- if and .registry (not (regexMatch "^([^/]*[.:][^/]*|localhost)/" .name)) -}}
{{ trimSuffix "/" .registry }}/{{ .name }}
{{- else -}}
{{ .name }}
{{- end -}}
{{- end }}

{{/*
A container's fields for a resolved image.
*/}}
{{- define "shunt.imageFields" -}}
image: {{ printf "%s%s%s" .name (ternary "@" ":" (hasPrefix "sha256:" .version)) .version | quote }}
imagePullPolicy: {{ .pullPolicy }}
{{- end }}

{{/*
A container's resources, from Linkerd's shape: {cpu: {request, limit}, memory: …, ephemeral-storage: …}.
*/}}
{{- define "shunt.resources" -}}
{{- $requests := dict -}}
{{- $limits := dict -}}
{{- range $resource, $amount := . -}}
{{- with ($amount | default dict).request }}{{ $_ := set $requests $resource (include "shunt.text" .) }}{{ end -}}
{{- with ($amount | default dict).limit }}{{ $_ := set $limits $resource (include "shunt.text" .) }}{{ end -}}
{{- end -}}
{{- if or $requests $limits -}}
resources:
  {{- with $limits }}
  limits: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $requests }}
  requests: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
{{- end }}

{{/*
What the first container asks for, in Linkerd's shape: what it is given, or else what the proxy is, or else a little; a
request as high as the limit where the pod's own container has a limit. Takes {config, own, small}.
*/}}
{{- define "shunt.firstResources" -}}
{{- $given := .config.proxyInit.resources | default dict -}}
{{- $proxy := .config.proxy.resources | default dict -}}
{{- $own := .own -}}
{{- $found := dict "ephemeral-storage" (merge dict (get $given "ephemeral-storage" | default dict) (get $proxy "ephemeral-storage" | default dict)) -}}
{{- range $resource, $small := .small -}}
{{- $limited := (get ($own | default dict) $resource | default dict).limit -}}
{{- $little := dict "request" (empty $limited | not | ternary (last $small) (first $small)) "limit" (last $small) -}}
{{- $_ := set $found $resource (get $given $resource | default (get $proxy $resource) | default $little) -}}
{{- end -}}
{{ toYaml $found }}
{{- end }}

{{/*
As little as a container can have: what the pod security standard "restricted" asks for. Takes {uid, gid}.
*/}}
{{- define "shunt.restricted" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
readOnlyRootFilesystem: true
{{- with .gid }}
runAsGroup: {{ int64 . }}
{{- end }}
runAsNonRoot: true
runAsUser: {{ int64 .uid }}
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/*
How Prometheus asks. Takes podMonitor's values.
*/}}
{{- define "shunt.scrape" -}}
path: /metrics
interval: {{ .scrapeInterval }}
scrapeTimeout: {{ .scrapeTimeout }}
{{- end }}
