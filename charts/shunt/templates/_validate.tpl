{{/*
What the schema cannot say, or not clearly. All mistakes are reported together, one a line, in the injector's words:
SOURCE: "VALUE" COMPLAINT (want ACCEPTED).
*/}}
{{- define "shunt.validate" -}}
{{- $problems := list
  (include "shunt.validate.values" .)
  (include "shunt.validate.proxy" .)
  (include "shunt.validate.together" .)
  (include "shunt.validate.certificate" .)
  (include "shunt.validate.metadata" .) -}}
{{- with without (join "\n" $problems | splitList "\n") "" -}}
{{- /* A key that was given in the wrong place is in nobody's log. */ -}}
{{- regexReplaceAll "-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----" (join "\n" .) "(a private key)" | fail -}}
{{- end -}}
{{- end }}

{{- define "shunt.validate.proxy" -}}
{{- $proxy := .Values.proxy -}}
{{- $image := $proxy.image | default dict -}}
{{- if eq $proxy.kind "custom" -}}
{{- if not $image.name -}}
proxy.image: has no name (want proxy.image.name: a custom proxy has no default)
{{ end -}}
{{- if not $image.version -}}
proxy.image: has no version (want proxy.image.version: a custom proxy has no default)
{{ end -}}
{{- range $key := list "logLevel" "logFormat" -}}
{{- with get $proxy $key -}}
proxy.{{ $key }}: {{ toRawJson . }} says nothing to a proxy of kind custom (want proxy.args or proxy.env instead)
{{ end -}}
{{- end -}}
{{- else -}}
{{- range $key := list "command" "readinessPath" "livenessPath" -}}
{{- with get $proxy $key -}}
proxy.{{ $key }}: {{ toRawJson . }} says nothing to a proxy of kind {{ $proxy.kind }} (want proxy.kind: custom, or nothing here)
{{ end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/*
Values that do not go together.
*/}}
{{- define "shunt.validate.together" -}}
{{- $init := .Values.proxyInit -}}
{{- $proxy := .Values.proxy -}}
{{- $injector := .Values.injector -}}
{{- $ports := list -}}
{{- range list $proxy.ports.inbound $proxy.ports.outbound $proxy.ports.admin $proxy.ports.control -}}
{{- $ports = append $ports (include "shunt.text" .) -}}
{{- end -}}
{{- if lt (uniq $ports | len) 4 -}}
proxy.ports: {{ join ", " $ports | toRawJson }} uses a port twice (want four different ports)
{{ end -}}
{{- $own := list (include "shunt.text" $injector.port) (include "shunt.text" $injector.adminPort) -}}
{{- if lt (concat $ports $own | uniq | len) (add (uniq $ports | len) 2 | int) -}}
injector.port, injector.adminPort: {{ join ", " $own | toRawJson }} is taken (want two different ports, none of them the proxy's: {{ join ", " $ports }})
{{ end -}}
{{- if and (gt (int64 $init.closeWaitTimeoutSecs) 0) (not $init.runAsRoot) -}}
proxyInit.closeWaitTimeoutSecs: cannot be set by a container that is not root (want proxyInit.runAsRoot: true)
{{ end -}}
{{- if eq (include "shunt.text" $injector.runAsUser) (include "shunt.text" $proxy.uid) -}}
injector.runAsUser: "{{ include "shunt.text" $proxy.uid }}" is the proxy's user, whose connections are not redirected (want another than proxy.uid)
{{ end -}}
{{- if eq (include "shunt.text" $injector.runAsGroup) (include "shunt.text" $proxy.gid) -}}
injector.runAsGroup: "{{ include "shunt.text" $proxy.gid }}" is the proxy's group, whose connections are not redirected (want another than proxy.gid)
{{ end -}}
{{- /* Without a cluster, the version is only what Helm was built with. */ -}}
{{- $connected := lookup "v1" "Namespace" "" "default" -}}
{{- if and $connected $proxy.nativeSidecar (semverCompare "<1.29.0-0" .Capabilities.KubeVersion.Version) -}}
proxy.nativeSidecar: "true" needs Kubernetes 1.29, and this is {{ .Capabilities.KubeVersion.Version }} (want false)
{{ end -}}
{{- /* The API server's own Service has the family that pods have first. */ -}}
{{- $api := (lookup "v1" "Service" "default" "kubernetes").spec | default dict -}}
{{- if and .Values.disableIPv6 (has "IPv6" ($api.ipFamilies | default list)) -}}
disableIPv6: "true" would leave out the address family that this cluster's pods have first (want false)
{{ end -}}
{{- if and (kindIs "bool" .Values.installNamespace) .Values.installNamespace (include "shunt.isKubernetesOwn" .Release.Namespace) -}}
installNamespace: "true" would take {{ .Release.Namespace }} over, which is Kubernetes' own (want false or auto, or another namespace)
{{ end -}}
{{- if has $init.xtMountPath.name (list "config" "tls" "api-access") -}}
proxyInit.xtMountPath.name: {{ toRawJson $init.xtMountPath.name }} is a volume of the injector's own (want another name)
{{ end -}}
{{- end }}

{{- define "shunt.validate.certificate" -}}
{{- $tls := .Values.injector.tls -}}
{{- if eq $tls.source "provided" -}}
{{- $stored := (lookup "v1" "Secret" .Release.Namespace (include "shunt.tlsSecret" .)).data | default dict -}}
{{- $trusted := list -}}
{{- range $key := list "ca" "injectCaFrom" "injectCaFromSecret" -}}
{{- if get $tls $key }}{{ $trusted = append $trusted (printf "injector.tls.%s" $key) }}{{ end -}}
{{- end -}}
{{- if gt (len $trusted) 1 -}}
{{ join ", " $trusted }}: both say whom to trust (want one of them)
{{ end -}}
{{- if not (or $trusted (get $stored "ca.crt" | default "" | b64dec | include "shunt.certificates")) -}}
injector.tls.ca: is missing (want the certificate of whoever issued the injector's, in PEM)
{{ end -}}
{{- range $part := list "crt" "key" -}}
{{- if and $tls.existingSecret (get $tls $part) -}}
injector.tls.{{ $part }}: says nothing beside injector.tls.existingSecret (want one of them)
{{ end -}}
{{- end -}}
{{- if not $tls.existingSecret -}}
{{- if not (or $tls.crt (get $stored "tls.crt")) -}}
injector.tls.crt: is missing (want the injector's certificate in PEM, or injector.tls.existingSecret)
{{ end -}}
{{- if not (or $tls.key (get $stored "tls.key")) -}}
injector.tls.key: is missing (want the certificate's private key in PEM, or injector.tls.existingSecret)
{{ end -}}
{{- end -}}
{{- range $part := list "ca" "crt" -}}
{{- include "shunt.check.certificates" (list (printf "injector.tls.%s" $part) (get $tls $part | default "") $part) }}
{{ end -}}
{{- include "shunt.check.served" (list "injector.tls.crt" ($tls.crt | default "") (printf "shunt-injector.%s.svc" .Release.Namespace)) }}
{{- /* An upgrade that gives no other is not what makes it too old. */ -}}
{{- $ca := $tls.ca | default "" -}}
{{- $trustedNow := get $stored "ca.crt" | default "" | b64dec | include "shunt.certificates" -}}
{{- if and (eq 1 (len (regexFindAll "-----BEGIN CERTIFICATE-----" $ca -1))) (ne $trustedNow (include "shunt.certificates" $ca)) }}
{{ include "shunt.check.served" (list "injector.tls.ca" $ca "") }}
{{ end -}}
{{- include "shunt.check.privateKey" (list "injector.tls.key" ($tls.key | default "")) }}
{{ range $key := list "injectCaFrom" "injectCaFromSecret" -}}
{{- with get $tls $key -}}
{{ include "shunt.check.form" (list (printf "injector.tls.%s" $key) . "^[a-z0-9]([a-z0-9-]*[a-z0-9])?/[a-z0-9]([a-z0-9.-]*[a-z0-9])?$" "names no object of a namespace" "NAMESPACE/NAME") }}
{{ end -}}
{{- end -}}
{{- else -}}
{{- range $part := list "ca" "crt" "key" "existingSecret" "injectCaFrom" "injectCaFromSecret" -}}
{{- if get $tls $part -}}
injector.tls.{{ $part }}: says nothing to source {{ $tls.source }} (want injector.tls.source: provided, or nothing here)
{{ end -}}
{{- end -}}
{{- end -}}
{{- if and $tls.issuerRef (ne $tls.source "cert-manager") -}}
injector.tls.issuerRef: says nothing to source {{ $tls.source }} (want injector.tls.source: cert-manager, or nothing here)
{{ end -}}
{{- end }}

{{/*
The pods are rendered as they are injected, so an annotation could only contradict what is there. The labels by which
objects are found are not the user's to set.
*/}}
{{- define "shunt.validate.metadata" -}}
{{- range $name, $_ := .Values.injector.podAnnotations -}}
{{- if regexMatch "^([a-z.]*\\.)?(shunt\\.dev|linkerd\\.io)/" $name -}}
injector.podAnnotations: {{ toRawJson $name }} has no effect on the injector (want annotations of others)
{{ end -}}
{{- end -}}
{{- $own := list "name" "component" "part-of" "version" "managed-by" -}}
{{- range $source, $labels := dict "commonLabels" .Values.commonLabels "injector.podLabels" .Values.injector.podLabels -}}
{{- range $name, $_ := $labels -}}
{{- if or (hasPrefix "shunt.dev/" $name) (and (hasPrefix "app.kubernetes.io/" $name) (has (trimPrefix "app.kubernetes.io/" $name) $own)) -}}
{{ $source }}: {{ toRawJson $name }} is a label of the chart's own (want others)
{{ end -}}
{{- end -}}
{{- end -}}
{{- range $name, $_ := .Values.injector.podLabels -}}
{{- if hasKey ($.Values.commonLabels | default dict) $name -}}
injector.podLabels: {{ toRawJson $name }} is among commonLabels (want it in one of them)
{{ end -}}
{{- end -}}
{{- end }}
