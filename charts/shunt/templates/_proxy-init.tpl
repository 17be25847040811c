{{/*
The init container that makes the rules. Takes {config, policy, own}.
*/}}
{{- define "shunt.proxyInit" -}}
{{- $init := .config.proxyInit -}}
{{- $privileged := or $init.privileged (gt (int64 $init.closeWaitTimeoutSecs) 0) -}}
name: shunt-init
{{ include "shunt.imageFields" $init.image }}
command: [/usr/bin/shunt, init]
args: {{- include "shunt.proxyInit.args" . | nindent 2 }}
{{- $small := dict "cpu" (list "10m" "100m") "memory" (list "16Mi" "64Mi") -}}
{{- with include "shunt.resources" (include "shunt.firstResources" (merge (dict "small" $small) .) | fromYaml) }}
{{ . }}
{{- end }}
securityContext:
  allowPrivilegeEscalation: {{ $privileged }}
  capabilities:
    add: [NET_ADMIN{{ if include "shunt.proxyInit.hasTools" $init }}, NET_RAW{{ end }}]
    drop: [ALL]
  privileged: {{ $privileged }}
  readOnlyRootFilesystem: true
  runAsGroup: {{ $init.runAsRoot | ternary 0 (int64 $init.runAsGroup | default 65534) }}
  runAsNonRoot: {{ not $init.runAsRoot }}
  runAsUser: {{ $init.runAsRoot | ternary 0 (int64 $init.runAsUser | default 65534) }}
  seccompProfile:
    type: RuntimeDefault
terminationMessagePolicy: FallbackToLogsOnError
volumeMounts:
  - name: {{ $init.xtMountPath.name | quote }}
    mountPath: {{ $init.xtMountPath.mountPath | quote }}
{{- end }}

{{/*
Flags of `shunt init`: first those that Linkerd's injector passes, in its order.
*/}}
{{- define "shunt.proxyInit.args" -}}
{{- $init := .config.proxyInit -}}
{{- $in := .policy.inbound -}}
{{- $out := .policy.outbound -}}
{{- with include "shunt.proxyInit.mode" $init.iptablesMode }}{{ . }}
{{ end -}}
{{- if .config.disableIPv6 -}}
- --ipv6=false
{{ end -}}
- --incoming-proxy-port
- {{ $in.proxyPort | quote }}
- --outgoing-proxy-port
- {{ $out.proxyPort | quote }}
- --proxy-uid
- {{ int64 $out.proxyUid | quote }}
{{- with $out.proxyGid }}
- --proxy-gid
- {{ int64 . | quote }}
{{- end }}
{{- include "shunt.flag" (list "--inbound-ports-to-ignore" $in.portsToIgnore) }}
{{- include "shunt.flag" (list "--outbound-ports-to-ignore" $out.portsToIgnore) }}
{{- with int64 $init.closeWaitTimeoutSecs }}
- --timeout-close-wait-secs
- {{ quote . }}
{{- end }}
{{- include "shunt.flag" (list "--log-format" $init.logFormat) }}
{{- include "shunt.flag" (list "--log-level" $init.logLevel) }}
{{- include "shunt.flag" (list "--subnets-to-ignore" $in.subnetsToIgnore) }}
{{- include "shunt.flag" (list "--ports-to-redirect" $in.portsToRedirect) }}
{{- include "shunt.flag" (list "--inbound-interfaces-to-ignore" $in.interfacesToIgnore) }}
{{- include "shunt.flag" (list "--outbound-ports-to-redirect" $out.portsToRedirect) }}
{{- include "shunt.flag" (list "--outbound-subnets-to-ignore" $out.subnetsToIgnore) }}
{{- include "shunt.flag" (list "--outbound-interfaces-to-ignore" $out.interfacesToIgnore) }}
{{- include "shunt.flag" (list "--uids-to-ignore" $out.uidsToIgnore) }}
{{- end }}

{{/*
Whether the tools of every dialect are beside the program: "true" or empty. What mode plain speaks, only they know.
*/}}
{{- define "shunt.proxyInit.hasTools" -}}
{{- if or .tools (eq .iptablesMode "plain") }}true{{ end -}}
{{- end }}

{{/*
Legacy by silence, as Linkerd's injector says it; others not by the names of programs, which would then do the work.
*/}}
{{- define "shunt.proxyInit.mode" -}}
{{- if ne . "legacy" -}}
- --iptables-mode
- {{ . }}
{{- end -}}
{{- end }}

{{/*
A flag and its value, where there is one; a list's items go between commas. Takes [flag, value].
*/}}
{{- define "shunt.flag" -}}
{{- with last . }}
- {{ first $ }}
- {{ include "shunt.list" . | quote }}
{{- end }}
{{- end }}
