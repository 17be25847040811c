{{/*
What the injector is to put into pods: the keys of these values that concern it, with images resolved. The injector
mounts it, and the control plane's own pods are made from it.
*/}}
{{- define "shunt.config" -}}
cniEnabled: {{ .Values.cniEnabled }}
disableIPv6: {{ .Values.disableIPv6 }}
proxyInit: {{- include "shunt.config.proxyInit" . | nindent 2 }}
networkValidator: {{- include "shunt.config.networkValidator" . | nindent 2 }}
proxy: {{- include "shunt.config.proxy" . | nindent 2 }}
{{- end }}

{{- define "shunt.config.proxyInit" -}}
{{- $name := include "shunt.proxyInit.hasTools" .Values.proxyInit | eq "true" | ternary "shunt/shunt-init-tools" "shunt/shunt-init" -}}
{{- $image := dict "root" . "image" .Values.proxyInit.image "name" $name "version" .Chart.AppVersion -}}
{{- with .Values.proxyInit -}}
iptablesMode: {{ eq .iptablesMode "iptables" | ternary "legacy" .iptablesMode }}
image: {{- include "shunt.image" $image | nindent 2 }}
tools: {{ include "shunt.proxyInit.hasTools" . | eq "true" }}
ignoreInboundPorts: {{ include "shunt.ports" .ignoreInboundPorts | quote }}
ignoreOutboundPorts: {{ include "shunt.ports" .ignoreOutboundPorts | quote }}
redirectInboundPorts: {{ include "shunt.list" .redirectInboundPorts | quote }}
redirectOutboundPorts: {{ include "shunt.ports" .redirectOutboundPorts | quote }}
kubeAPIServerPorts: {{ include "shunt.ports" .kubeAPIServerPorts | quote }}
skipSubnets: {{ include "shunt.list" .skipSubnets | quote }}
skipOutboundSubnets: {{ include "shunt.list" .skipOutboundSubnets | quote }}
skipInboundInterfaces: {{ include "shunt.list" .skipInboundInterfaces | quote }}
skipOutboundInterfaces: {{ include "shunt.list" .skipOutboundInterfaces | quote }}
skipUids: {{ include "shunt.list" .skipUids | quote }}
closeWaitTimeoutSecs: {{ int64 .closeWaitTimeoutSecs }}
{{- with include "shunt.config.resources" .resources | fromYaml }}
resources: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .logLevel }}
logLevel: {{ . }}
{{- end }}
{{- with .logFormat }}
logFormat: {{ . }}
{{- end }}
runAsRoot: {{ .runAsRoot }}
runAsUser: {{ int64 .runAsUser }}
runAsGroup: {{ int64 .runAsGroup }}
privileged: {{ .privileged }}
xtMountPath:
  name: {{ .xtMountPath.name | quote }}
  mountPath: {{ .xtMountPath.mountPath | quote }}
{{- end }}
{{- end }}

{{- define "shunt.config.networkValidator" -}}
{{- $image := dict "root" . "image" .Values.networkValidator.image "name" "shunt/shunt" "version" .Chart.AppVersion -}}
{{- with .Values.networkValidator -}}
enabled: {{ .enabled }}
image: {{- include "shunt.image" $image | nindent 2 }}
logLevel: {{ .logLevel }}
logFormat: {{ .logFormat }}
{{- with .connectAddr }}
connectAddr: {{ quote . }}
{{- end }}
{{- with .listenAddr }}
listenAddr: {{ quote . }}
{{- end }}
timeout: {{ quote .timeout }}
enableSecurityContext: {{ .enableSecurityContext }}
{{- with .securityContext }}
securityContext: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{- define "shunt.config.proxy" -}}
{{- $images := dict
  "shunt" (dict "name" "shunt/shunt" "version" .Chart.AppVersion)
  "envoy" (dict "name" "envoyproxy/envoy" "version" "distroless-v1.40.0")
  "custom" (dict "name" "" "version" "") -}}
{{- $image := merge (dict "root" . "image" .Values.proxy.image) (get $images .Values.proxy.kind) -}}
{{- with .Values.proxy -}}
kind: {{ .kind }}
image: {{- include "shunt.image" $image | nindent 2 }}
nativeSidecar: {{ .nativeSidecar }}
ports:
  {{- range $name, $port := .ports }}
  {{ $name }}: {{ int64 $port }}
  {{- end }}
uid: {{ int64 .uid }}
gid: {{ int64 (kindIs "invalid" .gid | ternary -1 .gid) }}
{{- with include "shunt.config.resources" .resources | fromYaml }}
resources: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .logLevel }}
logLevel: {{ . }}
{{- end }}
{{- with .logFormat }}
logFormat: {{ . }}
{{- end }}
{{- with .command }}
command: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .args }}
args: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .env }}
env: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .readinessPath }}
readinessPath: {{ quote . }}
{{- end }}
{{- with .livenessPath }}
livenessPath: {{ quote . }}
{{- end }}
{{- end }}
{{- end }}

{{- define "shunt.config.resources" -}}
{{- $given := dict -}}
{{- range $resource, $amounts := . -}}
{{- range $name, $amount := $amounts -}}
{{- with $amount }}{{ $_ := set $given $resource (merge (dict $name (include "shunt.text" .)) (get $given $resource | default dict)) }}{{ end -}}
{{- end -}}
{{- end -}}
{{ toYaml $given }}
{{- end }}

{{/*
All values but for what belongs into a Secret, so that they make the same release again. What a null took away is stored
as empty: if it was left out, the chart's default would come back. What --set took for a number is stored as the text
that it was: from a file it would be refused.
*/}}
{{- define "shunt.storedValues" -}}
{{- $values := omit (deepCopy .Values) "global" -}}
{{- $_ := set $values.injector "tls" (omit $values.injector.tls "crt" "key") -}}
{{- with $values.injector.tls.ca }}{{ $_ := set $values.injector.tls "ca" (include "shunt.certificates" .) }}{{ end -}}
{{- range list $values.proxyInit $values.networkValidator $values.proxy $values.injector -}}
{{- with .image }}{{ if .version }}{{ $_ := set . "version" (include "shunt.text" .version) }}{{ end }}{{ end -}}
{{- end -}}
{{- $amounts := dict "request" "" "limit" "" -}}
{{- $empty := dict
  "proxyInit" (dict "ignoreInboundPorts" "" "ignoreOutboundPorts" "" "kubeAPIServerPorts" "" "logLevel" "" "logFormat" "")
  "injector" (dict
    "resources" (dict "cpu" $amounts "memory" (deepCopy $amounts))
    "webhook" (dict "excludedNamespaces" list)) -}}
{{ merge $values $empty | toYaml }}
{{- end }}
