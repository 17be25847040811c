{{/*
Labels of every object.
*/}}
{{- define "shunt-cni.labels" -}}
{{- with .Values.commonLabels }}
{{- toYaml . }}
{{ end -}}
{{ include "shunt-cni.selectorLabels" . }}
app.kubernetes.io/part-of: shunt
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/*
What the selector matches: it never changes, as a DaemonSet's selector cannot.
*/}}
{{- define "shunt-cni.selectorLabels" -}}
app.kubernetes.io/name: shunt-cni
app.kubernetes.io/component: agent
{{- end }}

{{/*
Says something of a namespace that every cluster has from the beginning. Takes its name.
*/}}
{{- define "shunt-cni.isKubernetesOwn" -}}
{{- if has . (list "default" "kube-system" "kube-public" "kube-node-lease") }}yes{{ end -}}
{{- end }}

{{/*
The container's fields for the image. The registry goes before a name that has none: where its first part has a dot or a
colon, or is localhost, that is its registry.
*/}}
{{- define "shunt-cni.image" -}}
{{- $image := .Values.image | default dict -}}
{{- $name := $image.name | default "shunt/shunt-cni" -}}
{{- $version := include "shunt.text" $image.version | default .Chart.AppVersion -}}
{{- if and .Values.imageRegistry (not (regexMatch "^([^/]*[.:][^/]*|localhost)/" $name)) -}}
{{- $name = printf "%s/%s" (trimSuffix "/" .Values.imageRegistry) $name -}}
{{- end -}}
image: {{ printf "%s%s%s" $name (ternary "@" ":" (hasPrefix "sha256:" $version)) $version | quote }}
imagePullPolicy: {{ $image.pullPolicy | default "IfNotPresent" }}
{{- end }}

{{/*
The container's resources, from Linkerd's shape: {cpu: {request, limit}, memory: …, ephemeral-storage: …}.
*/}}
{{- define "shunt-cni.resources" -}}
{{- $requests := dict -}}
{{- $limits := dict -}}
{{- range $resource, $amount := .Values.resources -}}
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
Says something where the agent asks the API server.
*/}}
{{- define "shunt-cni.asksApi" -}}
{{- if or .Values.watchPods .Values.removeTaint .Values.reportDialects .Values.repairController.enabled }}yes{{ end -}}
{{- end }}

{{/*
Says something where the agent goes into network namespaces, which takes capabilities.
*/}}
{{- define "shunt-cni.entersNamespaces" -}}
{{- if or .Values.reportDialects .Values.repairController.enabled }}yes{{ end -}}
{{- end }}
