{{/*
Values one by one: which check is for which. The schema has made sure of types before.
*/}}
{{- define "shunt.validate.values" -}}
{{- $texts := dict
  "imageName" (list "proxyInit.image.name" "networkValidator.image.name" "proxy.image.name" "injector.image.name")
  "imageVersion" (list "proxyInit.image.version" "networkValidator.image.version" "proxy.image.version" "injector.image.version")
  "label" (list "proxyInit.xtMountPath.name")
  "mountPath" (list "proxyInit.xtMountPath.mountPath")
  "quantity" (include "shunt.quantities" . | fromJsonArray)
  "registry" (list "imageRegistry")
  "socketAddress" (list "networkValidator.connectAddr" "networkValidator.listenAddr")
  "time" (list "networkValidator.timeout")
  "urlPath" (list "proxy.readinessPath" "proxy.livenessPath") -}}
{{- $lists := dict
  "interface" (list "proxyInit.skipInboundInterfaces" "proxyInit.skipOutboundInterfaces")
  "port" (list "proxyInit.redirectInboundPorts")
  "portRange" (list "proxyInit.ignoreInboundPorts" "proxyInit.ignoreOutboundPorts" "proxyInit.redirectOutboundPorts" "proxyInit.kubeAPIServerPorts")
  "subnet" (list "proxyInit.skipSubnets" "proxyInit.skipOutboundSubnets")
  "user" (list "proxyInit.skipUids") -}}

{{- range $check, $paths := merge (deepCopy $texts) $lists -}}
{{- range $path := $paths -}}
{{- $value := $.Values -}}
{{- range splitList "." $path }}{{ $value = get ($value | default dict) . }}{{ end -}}
{{- $lost := "" -}}
{{- if eq $check "imageVersion" }}{{ $lost = include "shunt.check.unquoted" (list $path $value) }}{{ end -}}
{{- if eq $check "quantity" }}{{ $lost = include "shunt.check.exact" (list $path $value "text in quotes") }}{{ end -}}
{{- range not (empty $lost) | ternary (list) (hasKey $lists $check | ternary (include "shunt.list" $value | splitList ",") (list (include "shunt.text" $value))) -}}
{{- if . }}{{ include (printf "shunt.check.%s" $check) (list $path .) }}{{ end }}
{{ end -}}
{{ $lost }}
{{ end -}}
{{- end -}}

{{- range $index, $toleration := .Values.injector.tolerations -}}
{{- $path := printf "injector.tolerations[%d].tolerationSeconds" $index -}}
{{- include "shunt.check.exact" (list $path $toleration.tolerationSeconds "a smaller number, none for as long as it takes, or --set, which keeps it") }}
{{ end -}}

{{- /* Numbers, which may also be given as text: path, noun, least, most. */ -}}
{{- $largest := 2147483647 -}}
{{- $numbers := list
  (list "proxyInit.closeWaitTimeoutSecs" "number of seconds" 0 2147483)
  (list "proxyInit.runAsUser" "user or group id" 0 $largest)
  (list "proxyInit.runAsGroup" "user or group id" 0 $largest)
  (list "proxy.ports.inbound" "TCP port" 1 65535)
  (list "proxy.ports.outbound" "TCP port" 1 65535)
  (list "proxy.ports.admin" "TCP port" 1 65535)
  (list "proxy.ports.control" "TCP port" 1 65535)
  (list "proxy.uid" "user id for a proxy" 1 $largest "as root it could not be told from an application")
  (list "injector.replicas" "number of replicas" 0 1000)
  (list "injector.port" "TCP port" 1 65535)
  (list "injector.adminPort" "TCP port" 1 65535)
  (list "injector.runAsUser" "user id" 1 $largest)
  (list "injector.runAsGroup" "group id" 1 $largest)
  (list "injector.webhook.timeoutSeconds" "number of seconds" 1 30)
  (list "injector.tls.daysValid" "number of days" 1 36500) -}}
{{- if not (kindIs "invalid" .Values.proxy.gid) -}}
{{- $numbers = append $numbers (list "proxy.gid" "group id" -1 $largest) -}}
{{- end -}}
{{- range $numbers -}}
{{- $value := $.Values -}}
{{- range first . | splitList "." }}{{ $value = get ($value | default dict) . }}{{ end -}}
{{- include "shunt.check.number" (concat (list (first .) (include "shunt.text" $value)) (rest .)) }}
{{ end -}}
{{- end }}

{{/*
The paths of all amounts, as a JSON list.
*/}}
{{- define "shunt.quantities" -}}
{{- $paths := list -}}
{{- range $of := list "proxyInit" "proxy" "injector" -}}
{{- range $resource := list "cpu" "memory" "ephemeral-storage" -}}
{{- range $bound := list "request" "limit" -}}
{{- $paths = append $paths (list $of "resources" $resource $bound | join ".") -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{ toJson $paths }}
{{- end }}
