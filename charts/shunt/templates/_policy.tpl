{{/*
The redirection of the control plane's own pods: what the injector makes of the configuration for a pod with the label
shunt.dev/control-plane-component and the annotation of "shunt.skipInboundPorts". Its shape is that of the annotation
shunt.dev/redirect; what is empty is left out. Takes {root, config}.
*/}}
{{- define "shunt.policy" -}}
{{- $init := .config.proxyInit -}}
{{- $ports := .config.proxy.ports -}}
{{- $own := list $ports.control $ports.admin .root.Values.injector.port .root.Values.injector.adminPort -}}
{{- $ignored := splitList "," (include "shunt.ports" (concat (slice $own 0 2) (list $init.ignoreInboundPorts) (slice $own 2))) -}}
families: [{{ .config.disableIPv6 | ternary "ipv4" "ipv4, ipv6" }}]
inbound:
  proxyPort: {{ $ports.inbound }}
  {{- include "shunt.policy.numbers" (dict "key" "portsToRedirect" "list" $init.redirectInboundPorts) }}
  portsToIgnore: {{ uniq $ignored | toJson }}
  {{- include "shunt.policy.list" (dict "key" "subnetsToIgnore" "list" $init.skipSubnets) }}
  {{- include "shunt.policy.list" (dict "key" "interfacesToIgnore" "list" $init.skipInboundInterfaces) }}
outbound:
  proxyPort: {{ $ports.outbound }}
  proxyUid: {{ int64 .config.proxy.uid }}
  {{- if gt (int64 .config.proxy.gid) 0 }}
  proxyGid: {{ int64 .config.proxy.gid }}
  {{- end }}
  {{- include "shunt.policy.numbers" (dict "key" "uidsToIgnore" "list" $init.skipUids) }}
  {{- include "shunt.policy.list" (dict "key" "portsToRedirect" "list" $init.redirectOutboundPorts) }}
  {{- include "shunt.policy.list" (dict "key" "portsToIgnore" "list" $init.kubeAPIServerPorts) }}
  {{- include "shunt.policy.list" (dict "key" "subnetsToIgnore" "list" $init.skipOutboundSubnets) }}
  {{- include "shunt.policy.list" (dict "key" "interfacesToIgnore" "list" $init.skipOutboundInterfaces) }}
{{- end }}

{{/*
A line of the policy, where the list has items. Takes {key, list}.
*/}}
{{- define "shunt.policy.list" -}}
{{- with .list }}
  {{ $.key }}: {{ splitList "," . | toJson }}
{{- end }}
{{- end }}

{{/*
The same for numbers. What is none has been complained about, if not yet: templates are rendered in Helm's order.
*/}}
{{- define "shunt.policy.numbers" -}}
{{- with .list }}
  {{ $.key }}:
  {{- range splitList "," . }}
    - {{ int64 . }}
  {{- end }}
{{- end }}
{{- end }}

{{/*
Reviews and probes have to arrive whether or not the proxy runs.
*/}}
{{- define "shunt.skipInboundPorts" -}}
+{{ int64 .Values.injector.port }},{{ int64 .Values.injector.adminPort }}
{{- end }}
