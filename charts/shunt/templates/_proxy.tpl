{{/*
The proxy. Takes {config, policy}.
*/}}
{{- define "shunt.proxy" -}}
{{- $proxy := .config.proxy -}}
name: shunt-proxy
{{ include "shunt.imageFields" $proxy.image }}
{{ include (printf "shunt.proxy.%s" $proxy.kind) .config }}
ports:
  - name: shunt-inbound
    containerPort: {{ $proxy.ports.inbound }}
    protocol: TCP
  - name: shunt-admin
    containerPort: {{ $proxy.ports.admin }}
    protocol: TCP
{{- include "shunt.proxy.probes" $proxy }}
{{- with include "shunt.resources" $proxy.resources }}
{{ . }}
{{- end }}
{{- if $proxy.nativeSidecar }}
restartPolicy: Always
{{- end }}
securityContext: {{- include "shunt.restricted" (dict "uid" .policy.outbound.proxyUid "gid" .policy.outbound.proxyGid) | nindent 2 }}
terminationMessagePolicy: FallbackToLogsOnError
{{- end }}

{{/*
How our own proxy is started. Takes the configuration, as its siblings do.
*/}}
{{- define "shunt.proxy.shunt" -}}
command: [/usr/bin/shunt, proxy]
args:
  - --inbound-port
  - {{ .proxy.ports.inbound | quote }}
  - --outbound-port
  - {{ .proxy.ports.outbound | quote }}
  - --admin-port
  - {{ .proxy.ports.admin | quote }}
  {{- if .disableIPv6 }}
  - --ipv6=false
  {{- end }}
  {{- with .proxy.logLevel }}
  - --log-level
  - {{ . }}
  {{- end }}
  {{- with .proxy.logFormat }}
  - --log-format
  - {{ . }}
  {{- end }}
  {{- with .proxy.args }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .proxy.env }}
env: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/*
Envoy: its whole configuration is an argument, so that no ConfigMap has to exist beside the pods.
*/}}
{{- define "shunt.proxy.envoy" -}}
{{- $levels := dict "error" "error" "warn" "warning" "info" "info" "debug" "debug" -}}
command: [envoy]
args:
  - --config-yaml
  - {{ include "shunt.envoy" . | fromYaml | toRawJson | squote }}
  - --disable-hot-restart
  - --concurrency
  - "2"
  - --log-level
  - {{ get $levels (.proxy.logLevel | default "info") }}
  {{- if eq (.proxy.logFormat | default "plain") "json" }}
  - --log-format
  - '{"level":"%l","msg":"%j","time":"%Y-%m-%dT%T.%e%z"}'
  {{- end }}
  {{- with .proxy.args }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .proxy.env }}
env: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/*
Somebody else's proxy, which learns its ports from its environment.
*/}}
{{- define "shunt.proxy.custom" -}}
{{- with .proxy.command -}}
command: {{- toYaml . | nindent 2 }}
{{ end -}}
{{- with .proxy.args -}}
args: {{- toYaml . | nindent 2 }}
{{ end -}}
env:
  {{- range $name := list "inbound" "outbound" "admin" "control" }}
  - name: SHUNT_{{ upper $name }}_PORT
    value: {{ get $.proxy.ports $name | quote }}
  {{- end }}
  {{- with .proxy.env }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/*
How the kubelet asks the proxy how it is. A native sidecar also has a startup probe: the containers after it are started
once that succeeds.
*/}}
{{- define "shunt.proxy.probes" -}}
{{- $custom := eq .kind "custom" -}}
{{- with $custom | ternary .livenessPath "/live" }}
livenessProbe:
  httpGet:
    path: {{ quote . }}
    port: {{ $.ports.admin }}
  {{- if not $.nativeSidecar }}
  initialDelaySeconds: 10
  {{- end }}
{{- end }}
{{- with $custom | ternary .readinessPath "/ready" }}
readinessProbe:
  httpGet:
    path: {{ quote . }}
    port: {{ $.ports.admin }}
  {{- if not $.nativeSidecar }}
  initialDelaySeconds: 2
  {{- end }}
{{- if $.nativeSidecar }}
startupProbe:
  httpGet:
    path: {{ quote . }}
    port: {{ $.ports.admin }}
  failureThreshold: 120
  periodSeconds: 1
{{- end }}
{{- end }}
{{- end }}
