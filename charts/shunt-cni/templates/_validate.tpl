{{/*
What the schema cannot say, or not clearly. All mistakes are reported together, one a line, in the plugin's words:
SOURCE: "VALUE" COMPLAINT (want ACCEPTED).
*/}}
{{- define "shunt-cni.validate" -}}
{{- $problems := list (include "shunt-cni.validate.values" .) (include "shunt-cni.validate.together" .) (include "shunt-cni.validate.metadata" .) -}}
{{- with without (join "\n" $problems | splitList "\n") "" -}}
{{- join "\n" . | fail -}}
{{- end -}}
{{- end }}

{{/*
Values one by one: which check is for which. The schema has made sure of types before.
*/}}
{{- define "shunt-cni.validate.values" -}}
{{- $largest := 2147483647 -}}
{{- range list
  (list "inboundProxyPort" "TCP port" 1 65535)
  (list "outboundProxyPort" "TCP port" 1 65535)
  (list "proxyAdminPort" "TCP port" 1 65535)
  (list "proxyControlPort" "TCP port" 1 65535)
  (list "adminPort" "TCP port" 1 65535)
  (list "proxyUID" "user id for a proxy" 1 $largest "as root it could not be told from an application")
  (list "proxyGID" "group id" -1 $largest)
  (list "maxConfNum" "number of networks" 0 1000)
  (list "revisionHistoryLimit" "number of versions" 0 1000) -}}
{{- include "shunt.check.number" (concat (list (first .) (get $.Values (first .) | include "shunt.text")) (rest .)) }}
{{ end -}}
{{- range $check, $keys := dict
  "portRange" (list "ignoreInboundPorts" "ignoreOutboundPorts" "kubeAPIServerPorts")
  "port" (list "portsToRedirect")
  "namespace" (list "excludeNamespaces") -}}
{{- range $key := $keys -}}
{{- range get $.Values $key | include "shunt.list" | splitList "," -}}
{{- if . }}{{ include (printf (eq $check "namespace" | ternary "shunt-cni.check.%s" "shunt.check.%s") $check) (list $key .) }}{{ end }}
{{ end -}}
{{- end -}}
{{- end -}}
{{- range $key := list "destCNINetDir" "destCNIBinDir" }}
{{ include "shunt-cni.check.folder" (list $key (get $.Values $key)) }}
{{ end -}}
{{- with .Values.repairController }}
{{ include "shunt-cni.check.folder" (list "repairController.netnsDir" .netnsDir) }}
{{ include "shunt.check.time" (list "repairController.interval" .interval 100) }}
{{ include "shunt.check.number" (list "repairController.deletePodsPerMinute" (include "shunt.text" .deletePodsPerMinute) "number of pods" 0 60) }}
{{ end -}}
{{ include "shunt.check.time" (list "checkInterval" .Values.checkInterval 100) }}
{{ include "shunt.check.time" (list "policyWait" .Values.policyWait 0 60) }}
{{- range $resource := list "cpu" "memory" "ephemeral-storage" -}}
{{- range $bound := list "request" "limit" -}}
{{- $amount := get (get ($.Values.resources | default dict) $resource | default dict) $bound -}}
{{- $path := printf "resources.%s.%s" $resource $bound -}}
{{- $lost := include "shunt.check.exact" (list $path $amount "text in quotes") -}}
{{- $text := include "shunt.text" $amount -}}
{{ $lost }}
{{ if and $text (not $lost) }}{{ include "shunt.check.quantity" (list $path $text) }}{{ end }}
{{ end -}}
{{- end -}}
{{- range $index, $toleration := .Values.tolerations -}}
{{- $path := printf "tolerations[%d].tolerationSeconds" $index -}}
{{- include "shunt.check.exact" (list $path $toleration.tolerationSeconds "a smaller number, none for as long as it takes, or --set, which keeps it") }}
{{ end -}}
{{- $image := .Values.image | default dict -}}
{{- $lost := include "shunt.check.unquoted" (list "image.version" $image.version) -}}
{{ $lost }}
{{ if and $image.version (not $lost) }}{{ include "shunt.check.imageVersion" (list "image.version" (include "shunt.text" $image.version)) }}{{ end }}
{{ with $image.name }}{{ include "shunt.check.imageName" (list "image.name" .) }}{{ end }}
{{ with .Values.removeTaint }}{{ include "shunt-cni.check.taint" (list "removeTaint" .) }}{{ end }}
{{ with .Values.imageRegistry }}{{ include "shunt.check.registry" (list "imageRegistry" .) }}{{ end }}
{{- end }}

{{- define "shunt-cni.check.folder" -}}
{{- include "shunt.check.form" (concat . (list "^(/[A-Za-z0-9_@+=-][A-Za-z0-9._@+=-]*)+$" "is not a folder of its own" "an absolute path, without a dot in front of a name and without a slash at the end")) -}}
{{- end }}

{{- define "shunt-cni.check.taint" -}}
{{- include "shunt.check.form" (concat . (list "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$" "is not a taint's key" "a key as labels have it, such as shunt.dev/agent-not-ready")) -}}
{{- end }}

{{- define "shunt-cni.check.namespace" -}}
{{- include "shunt.check.form" (concat . (list "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$" "is not a namespace's name" "at most 63 of a-z, 0-9 and -")) -}}
{{- end }}

{{/*
Values that do not go together.
*/}}
{{- define "shunt-cni.validate.together" -}}
{{- $ports := list -}}
{{- range list .Values.inboundProxyPort .Values.outboundProxyPort .Values.proxyAdminPort .Values.proxyControlPort -}}
{{- $ports = append $ports (include "shunt.text" .) -}}
{{- end -}}
{{- if lt (uniq $ports | len) 4 -}}
inboundProxyPort, outboundProxyPort, proxyAdminPort, proxyControlPort: {{ join ", " $ports | toRawJson }} uses a port twice (want four different ports)
{{ end -}}
{{- if eq .Values.destCNINetDir .Values.destCNIBinDir -}}
destCNIBinDir: {{ toRawJson .Values.destCNIBinDir }} is destCNINetDir too (want two folders)
{{ end -}}
{{- if and (ne (include "shunt.text" .Values.repairController.deletePodsPerMinute) "0") (not .Values.repairController.enabled) -}}
repairController.deletePodsPerMinute: {{ include "shunt.text" .Values.repairController.deletePodsPerMinute | toRawJson }} is about pods that could not be mended (want repairController.enabled: true, or 0 here)
{{ end -}}
{{- if and .Values.network (eq .Values.runtime "containerd") -}}
network: {{ toRawJson .Values.network }} is nothing that containerd can be told (want runtime: cri-o, or nothing here)
{{ end -}}
{{- if and (kindIs "bool" .Values.installNamespace) .Values.installNamespace (include "shunt-cni.isKubernetesOwn" .Release.Namespace) -}}
installNamespace: "true" would take {{ .Release.Namespace }} over, which is Kubernetes' own (want false or auto, or another namespace)
{{ end -}}
{{- end }}

{{/*
The labels by which objects are found are not the user's to set.
*/}}
{{- define "shunt-cni.validate.metadata" -}}
{{- $own := list "name" "component" "part-of" "version" "managed-by" -}}
{{- range $source, $labels := dict "commonLabels" .Values.commonLabels "podLabels" .Values.podLabels -}}
{{- range $name, $_ := $labels -}}
{{- if or (hasPrefix "shunt.dev/" $name) (and (hasPrefix "app.kubernetes.io/" $name) (has (trimPrefix "app.kubernetes.io/" $name) $own)) -}}
{{ $source }}: {{ toRawJson $name }} is a label of the chart's own (want others)
{{ end -}}
{{- end -}}
{{- end -}}
{{- range $name, $_ := .Values.podLabels -}}
{{- if hasKey ($.Values.commonLabels | default dict) $name -}}
podLabels: {{ toRawJson $name }} is among commonLabels (want it in one of them)
{{ end -}}
{{- end -}}
{{- range $name, $_ := .Values.podAnnotations -}}
{{- if regexMatch "^([a-z.]*\\.)?(shunt\\.dev|linkerd\\.io)/" $name -}}
podAnnotations: {{ toRawJson $name }} has no effect on the agent (want annotations of others)
{{ end -}}
{{- end -}}
{{- range $name, $_ := .Values.nodeSelector -}}
{{- if eq $name "kubernetes.io/os" -}}
nodeSelector: {{ toRawJson $name }} is linux, always (want other labels)
{{ end -}}
{{- end -}}
{{- end }}
