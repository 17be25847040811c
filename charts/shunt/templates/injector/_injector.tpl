{{/*
The container that answers reviews.
*/}}
{{- define "shunt.injector.container" -}}
{{- $image := dict "root" . "image" .Values.injector.image "name" "shunt/shunt" "version" .Chart.AppVersion -}}
{{- with .Values.injector -}}
name: injector
{{ include "shunt.imageFields" (include "shunt.image" $image | fromYaml) }}
command: [/usr/bin/shunt, injector]
args:
  - --port={{ int64 .port }}
  - --admin-port={{ int64 .adminPort }}
  - --config=/etc/shunt/config/config.yaml
  - {{ printf "--config-map=%s/shunt-config" $.Release.Namespace }}
  - --tls-cert=/etc/shunt/tls/tls.crt
  - --tls-key=/etc/shunt/tls/tls.key
  - --events={{ .events }}
  - --log-level={{ .logLevel }}
  - --log-format={{ .logFormat }}
ports:
  - name: webhook
    containerPort: {{ int64 .port }}
    protocol: TCP
  - name: admin
    containerPort: {{ int64 .adminPort }}
    protocol: TCP
livenessProbe:
  httpGet:
    path: /live
    port: admin
  initialDelaySeconds: 10
readinessProbe:
  httpGet:
    path: /ready
    port: admin
  periodSeconds: 5
{{- with include "shunt.resources" .resources }}
{{ . }}
{{- end }}
securityContext: {{- include "shunt.restricted" (dict "uid" .runAsUser "gid" .runAsGroup) | nindent 2 }}
terminationMessagePolicy: FallbackToLogsOnError
volumeMounts:
  # Whole folders, never a subPath: those would not be updated.
  - name: config
    mountPath: /etc/shunt/config
    readOnly: true
  - name: tls
    mountPath: /etc/shunt/tls
    readOnly: true
  - name: api-access
    mountPath: /var/run/secrets/kubernetes.io/serviceaccount
    readOnly: true
{{- end }}
{{- end }}

{{/*
On which nodes: our programs run on Linux. Takes the injector's values.
*/}}
{{- define "shunt.nodeSelector" -}}
{{ merge (deepCopy (.nodeSelector | default dict)) (dict "kubernetes.io/os" "linux") | toYaml }}
{{- end }}

{{/*
Where the pods run.
*/}}
{{- define "shunt.injector.placement" -}}
{{- $selector := include "shunt.selectorLabels" (dict "component" "injector") | fromYaml -}}
{{- $others := dict "topologyKey" "kubernetes.io/hostname" "labelSelector" (dict "matchLabels" $selector) -}}
{{- with .Values.injector -}}
nodeSelector: {{- include "shunt.nodeSelector" . | nindent 2 }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ quote . }}
{{- end }}
{{- with .topologySpreadConstraints }}
topologySpreadConstraints:
  {{- range . }}
  - {{ merge (deepCopy .) (dict "labelSelector" (dict "matchLabels" $selector)) | toYaml | indent 4 | trim }}
  {{- end }}
{{- end }}
{{- if ne .podAntiAffinity "none" }}
affinity:
  podAntiAffinity:
    {{- if eq .podAntiAffinity "required" }}
    requiredDuringSchedulingIgnoredDuringExecution:
      - {{ toYaml $others | indent 8 | trim }}
    {{- else }}
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm: {{- toYaml $others | nindent 10 }}
    {{- end }}
{{- end }}
{{- end }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/*
Annotations of the pods: the user's, what asks for this redirection, and the two that injection leaves behind. Takes
{root, config, policy}.
*/}}
{{- define "shunt.injector.annotations" -}}
{{- $record := dict "version" .root.Chart.AppVersion -}}
{{- if not .config.cniEnabled -}}
{{- $_ := set $record "volumes" (list .config.proxyInit.xtMountPath.name) -}}
{{- end -}}
{{- $_ := set $record "was" (dict "initContainers" "absent") -}}
{{- with .root.Values.injector.podAnnotations -}}
{{ toYaml . }}
{{ end -}}
config.shunt.dev/skip-inbound-ports: {{ include "shunt.skipInboundPorts" .root | quote }}
shunt.dev/redirect: {{ toRawJson .policy | squote }}
shunt.dev/injected: {{ toRawJson $record | squote }}
{{- end }}

{{/*
What injection puts before a pod's containers. Takes {config, policy, own}, the last the resources of its own container.
*/}}
{{- define "shunt.injector.initContainers" -}}
{{- if not .config.cniEnabled -}}
- {{ include "shunt.proxyInit" . | indent 2 | trim }}
{{ else if .config.networkValidator.enabled -}}
- {{ include "shunt.validator" . | indent 2 | trim }}
{{ end -}}
{{- if .config.proxy.nativeSidecar -}}
- {{ include "shunt.proxy" . | indent 2 | trim }}
{{ end -}}
{{- end }}
