{{/*
The plugin's configuration, as JSON. The section "linkerd" is that of linkerd-cni, key by key; "shunt" is ours.
*/}}
{{- define "shunt-cni.plugin" -}}
{{- $text := dict -}}
{{- range $key := list "inboundProxyPort" "outboundProxyPort" "proxyAdminPort" "proxyControlPort" "proxyUID" "proxyGID" -}}
{{- $_ := set $text $key (get $.Values $key | include "shunt.text") -}}
{{- end -}}
{{- $configuration := dict "log_level" .Values.logLevel "shunt" (include "shunt-cni.own" . | fromJson) -}}
{{- if .Values.linkerdPods -}}
{{- $inbound := printf "%s,%s,%s" $text.proxyControlPort $text.proxyAdminPort (include "shunt.list" .Values.ignoreInboundPorts) -}}
{{- $linkerd := dict
  "incoming-proxy-port" (int64 $text.inboundProxyPort)
  "outgoing-proxy-port" (int64 $text.outboundProxyPort)
  "proxy-uid" (int64 $text.proxyUID)
  "ports-to-redirect" (include "shunt.items" .Values.portsToRedirect | fromJsonArray)
  "inbound-ports-to-ignore" (include "shunt.items" $inbound | fromJsonArray | uniq)
  "outbound-ports-to-ignore" (include "shunt.items" .Values.ignoreOutboundPorts | fromJsonArray)
  "ipv6" (not .Values.disableIPv6) -}}
{{- if gt (int64 $text.proxyGID) 0 }}{{ $_ := set $linkerd "proxy-gid" (int64 $text.proxyGID) }}{{ end -}}
{{- $_ := set $configuration "linkerd" $linkerd -}}
{{- end -}}
{{ toJson $configuration }}
{{- end }}

{{- define "shunt-cni.own" -}}
{{- $own := dict
  "mode" .Values.iptablesMode
  "transport" .Values.transport
  "logLevel" .Values.logLevel
  "excludeNamespaces" (include "shunt.items" .Values.excludeNamespaces | fromJsonArray)
  "policyWait" (toString .Values.policyWait)
  "runDir" "/run/shunt"
  "logFile" "/run/shunt/plugin.log"
  "apiServerPorts" (include "shunt.items" .Values.kubeAPIServerPorts | fromJsonArray)
  "agent" (dict "namespace" .Release.Namespace "daemonSet" "shunt-cni") -}}
{{ toJson $own }}
{{- end }}
