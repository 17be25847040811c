{{/*
Where the CNI plugin makes the rules: a container that fails while they are not in place. It tries the policy that the
plugin reads, the pod's annotation. Takes {config, own}.
*/}}
{{- define "shunt.validator" -}}
{{- $validator := .config.networkValidator -}}
name: shunt-network-validator
{{ include "shunt.imageFields" $validator.image }}
command: [/usr/bin/shunt, validate]
args:
  - --log-format
  - {{ $validator.logFormat }}
  - --log-level
  - {{ $validator.logLevel }}
  {{- with $validator.connectAddr }}
  - --connect-addr
  - {{ quote . }}
  {{- end }}
  {{- with $validator.listenAddr }}
  - --listen-addr
  - {{ quote . }}
  {{- end }}
  - --timeout
  - {{ $validator.timeout | quote }}
env:
  - name: SHUNT_REDIRECT
    valueFrom:
      fieldRef:
        fieldPath: metadata.annotations['shunt.dev/redirect']
{{- $small := dict "cpu" (list "10m" "500m") "memory" (list "64Mi" "256Mi") -}}
{{- with include "shunt.resources" (include "shunt.firstResources" (merge (dict "small" $small) .) | fromYaml) }}
{{ . }}
{{- end }}
{{- if $validator.enableSecurityContext }}
securityContext:
  {{- with $validator.securityContext }}
  {{- toYaml . | nindent 2 }}
  {{- else }}
  {{- include "shunt.restricted" (dict "uid" 65534 "gid" 65534) | nindent 2 }}
  {{- end }}
{{- end }}
terminationMessagePolicy: FallbackToLogsOnError
{{- end }}
